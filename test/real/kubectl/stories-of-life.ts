import { apply, service, step, words, type Story } from './story.ts';

const balanced = (name: string, metadata: object = {}) =>
  service(name, { type: 'LoadBalancer', selector: { app: name }, ports: [{ name: 'http', port: 8080 }] }, metadata);
const plain = (name: string, metadata: object = {}) => service(name, { ports: [{ port: 80 }] }, metadata);
const held = { finalizers: ['example.com/held'] };

const addressed = (name: string) => step(`wait svc/${name} --for=jsonpath={.status.loadBalancer.ingress[0].ip} --timeout=20s`);
const programmed = (name: string) => step(`wait svc/${name} --for=condition=portolan.dev/Programmed --timeout=20s`);
/** Endpoints are toys on the one side, and nowhere on the other. */
const withoutEndpoints = /^(?!Endpoints)/;
/** The real server finds an address amiss that it has just given, now and then, and tells an event of it. */
const withoutEvents = /^(?!Endpoints|Events|  )/;

export const storiesOfLife: readonly Story[] = [
  {
    name: 'load-balancer',
    steps: [
      apply(balanced('web')),
      addressed('web'),
      programmed('web'),
      step('get svc web'),
      step('get svc web -o jsonpath={.status.loadBalancer}'),
      words(['get', 'svc', 'web', '-o', 'jsonpath={range .status.conditions[*]}{.type}={.status} {.reason}{"\\n"}{end}']),
      step('describe svc web', { eventually: true, only: withoutEndpoints }),
      step('get events', { eventually: true }),
      step('get events -o wide', { eventually: true }),
      step('events', { eventually: true }),
      step('events --for svc/web --types=Normal', { eventually: true }),
      step('get events --field-selector reason=EnsuredLoadBalancer -o name', { eventually: true, only: /^(?!event)/ }),
      words([
        'patch',
        'svc',
        'web',
        '-p',
        '{"spec":{"ports":[{"name":"http","port":8080,"$patch":"delete"},{"name":"http","port":8081}]}}',
      ]),
      step('wait svc/web --for=jsonpath={.status.loadBalancer.ingress[0].ports[0].port}=8081 --timeout=20s'),
      step('annotate svc web portolan.dev/drian-timeout=1m'),
      step('wait svc/web --for=condition=portolan.dev/Accepted=false --timeout=20s'),
      step('describe svc web', { eventually: true, only: withoutEndpoints }),
      step('delete svc web --timeout=20s'),
      step('get svc web'),
    ],
  },
  {
    name: 'wait',
    steps: [
      apply(plain('app')),
      step('wait svc/app --for=jsonpath={.spec.type}=ClusterIP --timeout=5s'),
      step('wait svc/app --for=condition=Ready --timeout=1s'),
      step('wait svc/app --for=create --timeout=5s'),
      step('wait svc --all --for=jsonpath={.spec.type} --timeout=5s'),
      step('wait svc/nothing --for=delete --timeout=5s'),
      step('wait svc/nothing --for=condition=Ready --timeout=1s'),
    ],
  },
  {
    name: 'delete',
    older: true,
    steps: [
      apply(plain('a', { labels: { batch: '1' } }), plain('b', { labels: { batch: '1' } }), plain('c'), plain('d'), plain('held', held)),
      step('delete svc a --dry-run=server'),
      step('delete svc a'),
      step('delete svc a'),
      step('delete svc a --ignore-not-found'),
      step('delete svc -l batch=1'),
      step('delete svc c --cascade=background --grace-period=5'),
      step('delete svc d --cascade=foreground --timeout=20s'),
      step('delete svc held --timeout=1s'),
      step('get svc held -o jsonpath={.metadata.finalizers}'),
      step('describe svc held', { only: withoutEvents }),
      step('wait svc/held --for=delete --timeout=1s'),
      words(['patch', 'svc', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']),
      step('wait svc/held --for=delete --timeout=5s'),
      apply(plain('e', held)),
      step('delete svc e --wait=false'),
      step('delete svc e --now --wait=false'),
      words(['patch', 'svc', 'e', '--type=json', '-p', '[{"op":"remove","path":"/metadata/finalizers"}]']),
      apply(plain('f'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } }),
      step('delete svc --all'),
      step('delete configmap settings --grace-period=0 --force'),
      step('get svc'),
    ],
  },
  {
    name: 'namespaces',
    steps: [
      apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'namespaces-two', labels: { kept: '1' } } }),
      step('get namespaces -l kept=1'),
      step('describe namespace namespaces-two'),
      step('get ns namespaces-two -o yaml'),
      step('wait ns/namespaces-two --for=jsonpath={.status.phase}=Active --timeout=5s'),
      step('apply -n namespaces-two -f -', { stdin: JSON.stringify(plain('in-it')) }),
      step('delete namespace namespaces-two --timeout=30s'),
      step('get ns namespaces-two'),
      step('delete namespace default'),
    ],
  },
];
