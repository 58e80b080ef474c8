import { loadBalancer, service, servicesIn } from './services.ts';
import { post, type Area } from './steps.ts';

const services = servicesIn('narrow');

export const area: Area = {
  area: 'seeds-narrow',
  title: 'Services as articles print them, in the usual service range',
  namespaces: ['narrow'],
  steps: [
    post(
      'Y02 asks for an address out of the range',
      services(),
      service('httpd-svc', {
        clusterIP: '10.250.45.217',
        selector: { run: 'httpd' },
        ports: [{ protocol: 'TCP', port: 8080, targetPort: 80 }],
      }),
      { status: 422 },
    ),
    post(
      'Y07 asks for an address out of the range',
      services(),
      loadBalancer('my-service', {
        selector: { app: 'MyApp' },
        ports: [{ protocol: 'TCP', port: 80, targetPort: 9376 }],
        clusterIP: '10.0.171.239',
        loadBalancerIP: '78.11.24.19',
      }),
      { status: 422 },
    ),
    post(
      'Y07 without its clusterIP',
      services(),
      loadBalancer('my-service', {
        selector: { app: 'MyApp' },
        ports: [{ protocol: 'TCP', port: 80, targetPort: 9376 }],
        loadBalancerIP: '78.11.24.19',
      }),
    ),
  ],
};
