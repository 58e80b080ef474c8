import { loadBalancer, service, servicesIn } from './services.ts';
import { merge, post, put, copyOf, type Area } from './steps.ts';

const services = servicesIn('dual');
const create = (name: string, object: ReturnType<typeof service>) => post(name, services(), object);
const refuse = (name: string, object: ReturnType<typeof service>) => post(name, services(), object, { status: 422 });

export const area: Area = {
  area: 'dual-stack',
  title: 'address families',
  namespaces: ['dual'],
  steps: [
    create('SingleStack, IPv6', service('six', { ipFamilies: ['IPv6'] })),
    create('PreferDualStack', service('prefer', { ipFamilyPolicy: 'PreferDualStack' })),
    create('RequireDualStack', service('require', { ipFamilyPolicy: 'RequireDualStack' })),
    create('PreferDualStack, IPv6 first', service('prefer-six', { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6', 'IPv4'] })),
    create('RequireDualStack, one family named', service('require-one', { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6'] })),
    create(
      'two addresses asked for',
      service('two', {
        ipFamilyPolicy: 'RequireDualStack',
        clusterIPs: ['10.96.0.90', 'fd00:10:96::90'],
        clusterIP: '10.96.0.90',
      }),
    ),
    create('two families without a policy', service('two-families', { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' })),
    create('headless, RequireDualStack', service('headless', { clusterIP: 'None', ipFamilyPolicy: 'RequireDualStack' })),
    create('headless without selector', { ...service('headless-bare', { clusterIP: 'None', selector: {} }) }),
    create('LoadBalancer, PreferDualStack', loadBalancer('lb', { ipFamilyPolicy: 'PreferDualStack' })),
    create('LoadBalancer, IPv6 only', loadBalancer('lb-six', { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] })),

    refuse('SingleStack with two families', service('x', { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] })),
    refuse('two families and no policy', service('x', { ipFamilies: ['IPv4', 'IPv6'] })),
    refuse('a family twice', service('x', { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv4'] })),
    refuse('a family that is none', service('x', { ipFamilies: ['IPv5'] })),
    refuse('a policy that is none', service('x', { ipFamilyPolicy: 'TripleStack' })),
    refuse('address and family disagree', service('x', { clusterIP: 'fd00:10:96::99', ipFamilies: ['IPv4'] })),
    refuse('clusterIP and clusterIPs disagree', service('x', { clusterIP: '10.96.0.91', clusterIPs: ['10.96.0.92'] })),
    refuse(
      'two addresses of one family',
      service('x', { ipFamilyPolicy: 'RequireDualStack', clusterIP: '10.96.0.91', clusterIPs: ['10.96.0.91', '10.96.0.92'] }),
    ),
    refuse('ExternalName with families', {
      ...service('x', { type: 'ExternalName', externalName: 'db.example.com', ipFamilies: ['IPv4'] }),
    }),

    create('starts with one', service('grow')),
    merge('adds the second family', services('grow'), { spec: { ipFamilyPolicy: 'PreferDualStack' } }),
    merge(
      'changing the first family is refused',
      services('grow'),
      { spec: { ipFamilies: ['IPv6', 'IPv4'], clusterIPs: null, clusterIP: null } },
      { status: 422 },
    ),
    merge('removes the second family', services('grow'), { spec: { ipFamilyPolicy: 'SingleStack' } }),
    merge('adds the second family by RequireDualStack', services('grow'), { spec: { ipFamilyPolicy: 'RequireDualStack' } }),
    put('PUT takes the second away', services('grow'), (answers) => {
      const first = answers.at('adds the second family by RequireDualStack', '/spec/clusterIP');
      return copyOf('adds the second family by RequireDualStack', {
        spec: { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'], clusterIPs: [first] },
      })(answers);
    }),
    merge('LoadBalancer loses its second family', services('lb'), { spec: { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] } }),
    merge('one family of a RequireDualStack Service goes', services('require'), { spec: { ipFamilies: ['IPv4'] } }, { status: 422 }),
    merge('to ExternalName: addresses and families go', services('prefer'), {
      spec: {
        type: 'ExternalName',
        externalName: 'db.example.com',
        clusterIP: null,
        clusterIPs: null,
        ipFamilies: null,
        ipFamilyPolicy: null,
      },
    }),
  ],
};
