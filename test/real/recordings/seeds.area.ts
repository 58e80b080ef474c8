import { loadBalancer, service, servicesIn } from './services.ts';
import { merge, post, remove, strategic, type Area } from './steps.ts';

const services = servicesIn('seeds');
const create = (name: string, object: ReturnType<typeof service>) => post(name, services(), object);
const nginx = { app: 'nginx' };
const http = { port: 80, targetPort: 80, protocol: 'TCP' };

/** The Services that the field's articles print, as they print them. */
export const area: Area = {
  area: 'seeds',
  title: 'Services as articles print them, in a service range that holds their addresses',
  namespaces: ['seeds', 'prod'],
  serviceCidrs: ['10.0.0.0/8', 'fd00:10:96::/112'],
  steps: [
    create(
      'Y02 a ClusterIP of its own',
      service('httpd-svc', {
        clusterIP: '10.250.45.217',
        selector: { run: 'httpd' },
        ports: [{ protocol: 'TCP', port: 8080, targetPort: 80 }],
      }),
    ),
    remove('Y02 makes room', services('httpd-svc')),
    create('Y03 without selector', { ...service('my-service'), spec: { ports: [{ protocol: 'TCP', port: 80, targetPort: 9376 }] } }),
    remove('Y03 makes room', services('my-service')),
    create(
      'Y05 two ports',
      service('my-service', {
        selector: { app: 'MyApp' },
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 9376 },
          { name: 'https', protocol: 'TCP', port: 443, targetPort: 9377 },
        ],
      }),
    ),
    remove('Y05 makes room', services('my-service')),
    create(
      'Y06 a node port of its own',
      service('httpd-svc', {
        type: 'NodePort',
        selector: { run: 'httpd' },
        ports: [{ protocol: 'TCP', nodePort: 30000, port: 8080, targetPort: 80 }],
      }),
    ),
    post(
      'Y25 wants the node port of Y06',
      services(),
      service('nodeport-svc', {
        type: 'NodePort',
        ports: [{ ...http, nodePort: 30000 }],
        selector: nginx,
        externalTrafficPolicy: 'Local',
      }),
      { status: 422 },
    ),
    remove('Y06 makes room', services('httpd-svc')),
    create(
      'Y25 externalTrafficPolicy Local',
      service('nodeport-svc', {
        type: 'NodePort',
        ports: [{ ...http, nodePort: 30000 }],
        selector: nginx,
        externalTrafficPolicy: 'Local',
      }),
    ),
    create('Y07 an internal load balancer with two addresses', {
      ...loadBalancer(
        'my-service',
        {
          selector: { app: 'MyApp' },
          ports: [{ protocol: 'TCP', port: 80, targetPort: 9376 }],
          clusterIP: '10.0.171.239',
          loadBalancerIP: '78.11.24.19',
        },
        { annotations: { 'service.beta.kubernetes.io/openstack-internal-load-balancer': 'true' } },
      ),
      status: { loadBalancer: { ingress: [{ ip: '146.148.47.155' }] } },
    }),
    remove('Y07 makes room', services('my-service')),
    post('Y08 ExternalName in prod', servicesIn('prod')(), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'my-service', namespace: 'prod' },
      spec: { type: 'ExternalName', externalName: 'my.database.example.com' },
    }),
    create(
      'Y09 externalIPs',
      service('my-service', {
        selector: { app: 'MyApp' },
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 9376 }],
        externalIPs: ['80.11.12.10'],
      }),
    ),
    create(
      'Y15 NodePort with a named target port',
      service('service-test', {
        type: 'NodePort',
        selector: { app: 'service_test_pod' },
        ports: [{ port: 80, targetPort: 'http' }],
      }),
    ),
    remove('Y15 is deleted', services('service-test')),
    create(
      'Y16 comes back as LoadBalancer',
      loadBalancer('service-test', { selector: { app: 'service_test_pod' }, ports: [{ port: 80, targetPort: 'http' }] }),
    ),
    create('Y18', service('nginx-service', { ports: [http], selector: nginx })),
    create('Y19', service('my-internal-service', { type: 'ClusterIP', selector: { app: 'my-app' }, ports: [{ name: 'http', ...http }] })),
    create(
      'Y20',
      service('my-nodeport-service', {
        type: 'NodePort',
        selector: { app: 'my-app' },
        ports: [{ name: 'http', ...http, nodePort: 30036 }],
      }),
    ),
    create('Y23', service('tomcat-service', { ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }] })),
    create(
      'Y26',
      loadBalancer('loadbalancer-svc', { ports: [http], selector: nginx, loadBalancerIP: '192.168.1.100', externalTrafficPolicy: 'Local' }),
    ),
    merge('Y26 gives its address up', services('loadbalancer-svc'), { spec: { loadBalancerIP: null } }),
    create('Y27', { ...service('externalname-svc'), spec: { type: 'ExternalName', externalName: 'mysql.default.svc.cluster.local' } }),
    create('Y28 headless', service('headless-svc', { clusterIP: 'None', publishNotReadyAddresses: true, ports: [http], selector: nginx })),
    create(
      'Y31',
      service('my-nginx', { ports: [{ port: 80, protocol: 'TCP' }], selector: { run: 'my-nginx' } }, { labels: { run: 'my-nginx' } }),
    ),
    strategic('Y33 over Y31: NodePort, another port, a second one', services('my-nginx'), {
      spec: {
        type: 'NodePort',
        ports: [
          { port: 80, $patch: 'delete' },
          { port: 8080, targetPort: 80, protocol: 'TCP', name: 'http' },
          { port: 443, protocol: 'TCP', name: 'https' },
        ],
      },
    }),
    merge('Y33 as LoadBalancer keeps its node ports', services('my-nginx'), { spec: { type: 'LoadBalancer' } }),
    merge('and back', services('my-nginx'), { spec: { type: 'ClusterIP' } }),
  ],
};
