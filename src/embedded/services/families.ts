import type { Family } from '../../net/ip.ts';
import { invalidField, type FieldError } from '../field-error.ts';
import { edited } from '../kube-object.ts';
import { invalid } from '../status-object.ts';
import { clusterIpErrors } from './validate-addresses.ts';
import { isExternalName, sameList, type ServiceObject, type ServiceSpec } from './service-object.ts';

/** The families the cluster has Service ranges of, the default one first. */
export type Families = readonly Family[];

const familyOfText = (address: string): Family => (address.includes(':') ? 'IPv6' : 'IPv4');
const otherFamily = (family: string): Family => (family === 'IPv4' ? 'IPv6' : 'IPv4');
const policyField = 'spec.ipFamilyPolicy';

/**
 * Works out policy and families of a Service from what it says, what it said before, and what the cluster has (contract J1–J3).
 * @throws StatusError 422
 */
export function resolveFamilies(service: ServiceObject, old: ServiceObject | undefined, cluster: Families): ServiceObject {
  if (isExternalName(service)) return service;
  const withPolicy = { ...service, spec: { ...service.spec, ipFamilyPolicy: policyOf(service, old) } };
  failOn(service, clusterIpErrors(withPolicy, old));
  const reduced = { ...withPolicy, spec: releaseSecond(withPolicy, old) };
  const inferred = inferFamilies(reduced.spec, cluster);
  failOn(service, [
    ...(old === undefined ? [] : releaseErrors(reduced.spec, old.spec)),
    ...singleStackErrors(reduced.spec),
    ...inferred.errors,
  ]);
  const spec = edited(reduced.spec, { ipFamilies: inferred.families.length === 0 ? undefined : inferred.families });
  return { ...reduced, spec: selectorlessHeadless(spec) ? secondFamily(spec, cluster, true) : familiesOfCluster(service, spec, cluster) };
}

function failOn(service: ServiceObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors);
}

function policyOf(service: ServiceObject, old: ServiceObject | undefined): string {
  return (
    service.spec.ipFamilyPolicy ?? old?.spec.ipFamilyPolicy ?? (selectorlessHeadless(service.spec) ? 'RequireDualStack' : 'SingleStack')
  );
}

/** Nobody knows what families its endpoints will have. */
const selectorlessHeadless = (spec: ServiceSpec): boolean => spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;

/** The policy SingleStack alone says clearly enough that the second address may go. */
function releaseSecond(service: ServiceObject, old: ServiceObject | undefined): ServiceSpec {
  const { spec } = service;
  if (old === undefined || spec.ipFamilyPolicy !== 'SingleStack') return spec;
  return edited(spec, {
    ...(sameList(spec.clusterIPs, old.spec.clusterIPs) ? { clusterIPs: spec.clusterIPs?.slice(0, 1) } : {}),
    ...(sameList(spec.ipFamilies, old.spec.ipFamilies) ? { ipFamilies: spec.ipFamilies?.slice(0, 1) } : {}),
  });
}

function releaseErrors(spec: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (spec.ipFamilyPolicy === 'SingleStack') return [];
  const fewer = (now: readonly string[] = [], before: readonly string[] = []) => now.length > 0 && now.length < before.length;
  const must = (what: string) => invalidField(policyField, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`);
  return [
    ...(fewer(spec.clusterIPs, old.clusterIPs) ? [must('cluster IP')] : []),
    ...(fewer(spec.ipFamilies, old.ipFamilies) ? [must('IP family')] : []),
  ];
}

function singleStackErrors(spec: ServiceSpec): readonly FieldError[] {
  if (spec.ipFamilyPolicy !== 'SingleStack') return [];
  const must = (what: string) =>
    invalidField(policyField, spec.ipFamilyPolicy, `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`);
  return [...(spec.clusterIPs?.length === 2 ? [must('cluster IPs')] : []), ...(spec.ipFamilies?.length === 2 ? [must('IP families')] : [])];
}

function inferFamilies(spec: ServiceSpec, cluster: Families): { families: readonly string[]; errors: readonly FieldError[] } {
  const families = [...(spec.ipFamilies ?? [])];
  const errors: FieldError[] = [];
  for (const [index, address] of (spec.clusterIPs ?? []).entries()) {
    if (address === 'None') break;
    if (index < families.length) continue;
    const family = familyOfText(address);
    if (cluster.includes(family)) families.push(family);
    else errors.push(invalidField(`spec.clusterIPs[${index}]`, spec.clusterIPs, `${family} is not configured on this cluster`));
  }
  return { families, errors };
}

function familiesOfCluster(service: ServiceObject, spec: ServiceSpec, cluster: Families): ServiceSpec {
  const errors: FieldError[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack' && cluster.length < 2) {
    errors.push(invalidField(policyField, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (!cluster.some((known) => known === family)) {
      errors.push(invalidField(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
    }
  }
  failOn(service, errors);
  return secondFamily(spec, cluster, cluster.length === 2);
}

function secondFamily(spec: ServiceSpec, cluster: Families, may: boolean): ServiceSpec {
  const families = spec.ipFamilies ?? cluster.slice(0, 1);
  const [first] = families;
  if (!may || first === undefined || families.length !== 1 || spec.ipFamilyPolicy === 'SingleStack')
    return { ...spec, ipFamilies: families };
  return { ...spec, ipFamilies: [first, otherFamily(first)] };
}
