import { parse } from 'yaml';
import type { JsonObject } from '../../model/json.ts';

/**
 * Manifests from five introductions to Services and Ingress, values as printed there: what people really write. Most are
 * not for a load-balancer controller, and it must leave those alone.
 */
const printed = `
Y01: { kind: Deployment, metadata: { name: httpd }, spec: { replicas: 3, template: { metadata: { labels: { run: httpd } } } } }
Y02:
  apiVersion: v1
  kind: Service
  metadata: { name: httpd-svc }
  spec: { clusterIP: 10.250.45.217, selector: { run: httpd }, ports: [{ protocol: TCP, port: 8080, targetPort: 80 }] }
Y03: { kind: Service, apiVersion: v1, metadata: { name: my-service }, spec: { ports: [{ protocol: TCP, port: 80, targetPort: 9376 }] } }
Y04:
  kind: Endpoints
  apiVersion: v1
  metadata: { name: my-service }
  subsets: [{ addresses: [{ ip: 1.2.3.4 }], ports: [{ port: 9376 }] }]
Y05:
  kind: Service
  apiVersion: v1
  metadata: { name: my-service }
  spec:
    selector: { app: MyApp }
    ports: [{ name: http, protocol: TCP, port: 80, targetPort: 9376 }, { name: https, protocol: TCP, port: 443, targetPort: 9377 }]
Y06:
  apiVersion: v1
  kind: Service
  metadata: { name: httpd-svc }
  spec: { type: NodePort, selector: { run: httpd }, ports: [{ protocol: TCP, nodePort: 30000, port: 8080, targetPort: 80 }] }
Y07:
  kind: Service
  apiVersion: v1
  metadata: { name: my-service, annotations: { service.beta.kubernetes.io/openstack-internal-load-balancer: "true" } }
  spec:
    selector: { app: MyApp }
    ports: [{ protocol: TCP, port: 80, targetPort: 9376 }]
    clusterIP: 10.0.171.239
    loadBalancerIP: 78.11.24.19
    type: LoadBalancer
  status: { loadBalancer: { ingress: [{ ip: 146.148.47.155 }] } }
Y08:
  kind: Service
  apiVersion: v1
  metadata: { name: my-service, namespace: prod }
  spec: { type: ExternalName, externalName: my.database.example.com }
Y09:
  kind: Service
  apiVersion: v1
  metadata: { name: my-service }
  spec: { selector: { app: MyApp }, ports: [{ name: http, protocol: TCP, port: 80, targetPort: 9376 }], externalIPs: [80.11.12.10] }
Y10:
  apiVersion: extensions/v1beta1
  kind: Ingress
  metadata: { name: test-ingress, annotations: { nginx.ingress.kubernetes.io/rewrite-target: / } }
  spec: { rules: [{ http: { paths: [{ path: /testpath, backend: { serviceName: test, servicePort: 80 } }] } }] }
Y11:
  apiVersion: extensions/v1beta1
  kind: Ingress
  metadata: { name: simple-fanout-example, annotations: { nginx.ingress.kubernetes.io/rewrite-target: / } }
  spec:
    rules:
      - host: foo.bar.com
        http:
          paths:
            - { path: /foo, backend: { serviceName: service1, servicePort: 4200 } }
            - { path: /bar, backend: { serviceName: service2, servicePort: 8080 } }
Y12:
  apiVersion: extensions/v1beta1
  kind: Ingress
  metadata: { name: name-virtual-host-ingress }
  spec:
    rules:
      - { host: first.bar.com, http: { paths: [{ backend: { serviceName: service1, servicePort: 80 } }] } }
      - { host: second.foo.com, http: { paths: [{ backend: { serviceName: service2, servicePort: 80 } }] } }
      - { http: { paths: [{ backend: { serviceName: service3, servicePort: 80 } }] } }
Y13:
  apiVersion: v1
  kind: Secret
  metadata: { name: testsecret-tls, namespace: default }
  type: Opaque
  data: { tls.crt: base64 encoded cert, tls.key: base64 encoded key }
Y14:
  apiVersion: extensions/v1beta1
  kind: Ingress
  metadata: { name: tls-example-ingress }
  spec:
    tls: [{ hosts: [sslexample.foo.com], secretName: testsecret-tls }]
    rules: [{ host: sslexample.foo.com, http: { paths: [{ path: /, backend: { serviceName: service1, servicePort: 80 } }] } }]
Y15:
  kind: Service
  apiVersion: v1
  metadata: { name: service-test }
  spec: { type: NodePort, selector: { app: service_test_pod }, ports: [{ port: 80, targetPort: http }] }
Y16:
  kind: Service
  apiVersion: v1
  metadata: { name: service-test }
  spec: { type: LoadBalancer, selector: { app: service_test_pod }, ports: [{ port: 80, targetPort: http }] }
Y17:
  apiVersion: extensions/v1beta1
  kind: Ingress
  metadata: { name: test-ingress, annotations: { kubernetes.io/ingress.class: "gce" } }
  spec:
    tls: [{ secretName: my-ssl-secret }]
    rules: [{ host: testhost.com, http: { paths: [{ path: /*, backend: { serviceName: service-test, servicePort: 80 } }] } }]
Y18:
  apiVersion: v1
  kind: Service
  metadata: { name: nginx-service }
  spec: { ports: [{ port: 80, protocol: TCP, targetPort: 80 }], selector: { app: nginx } }
Y19:
  apiVersion: v1
  kind: Service
  metadata: { name: my-internal-service }
  spec: { type: ClusterIP, selector: { app: my-app }, ports: [{ name: http, port: 80, targetPort: 80, protocol: TCP }] }
Y20:
  apiVersion: v1
  kind: Service
  metadata: { name: my-nodeport-service }
  spec: { type: NodePort, selector: { app: my-app }, ports: [{ name: http, port: 80, targetPort: 80, nodePort: 30036, protocol: TCP }] }
Y21:
  apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: nginx-ingress-controller
    namespace: ingress-nginx
    labels: { app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/part-of: ingress-nginx }
  spec:
    replicas: 1
    selector: { matchLabels: { app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/part-of: ingress-nginx } }
    template:
      metadata:
        labels: { app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/part-of: ingress-nginx }
        annotations: { prometheus.io/port: "10254", prometheus.io/scrape: "true" }
      spec:
        terminationGracePeriodSeconds: 300
        serviceAccountName: nginx-ingress-serviceaccount
        hostNetwork: true
        nodeSelector: { name: ingress, kubernetes.io/os: linux }
Y22:
  apiVersion: apps/v1
  kind: Deployment
  metadata: { name: tomcat-deployment, labels: { app: tomcat } }
  spec:
    replicas: 1
    selector: { matchLabels: { app: tomcat } }
    template:
      metadata: { labels: { app: tomcat } }
      spec: { containers: [{ name: tomcat, image: tomcat, ports: [{ containerPort: 8080 }] }] }
Y23:
  apiVersion: v1
  kind: Service
  metadata: { name: tomcat-service }
  spec: { ports: [{ port: 80, protocol: TCP, targetPort: 8080 }], selector: { app: tomcat } }
Y24:
  apiVersion: extensions/v1beta1
  kind: Ingress
  metadata: { name: nginx-ingress }
  spec: { rules: [{ host: tomcat.example.com, http: { paths: [{ path: /, backend: { serviceName: tomcat-service, servicePort: 80 } }] } }] }
Y25:
  apiVersion: v1
  kind: Service
  metadata: { name: nodeport-svc }
  spec:
    type: NodePort
    ports: [{ port: 80, targetPort: 80, protocol: TCP, nodePort: 30000 }]
    selector: { app: nginx }
    externalTrafficPolicy: Local
Y26:
  apiVersion: v1
  kind: Service
  metadata: { name: loadbalancer-svc }
  spec:
    type: LoadBalancer
    ports: [{ port: 80, targetPort: 80, protocol: TCP }]
    selector: { app: nginx }
    loadBalancerIP: 192.168.1.100
    externalTrafficPolicy: Local
Y27:
  apiVersion: v1
  kind: Service
  metadata: { name: externalname-svc }
  spec: { type: ExternalName, externalName: mysql.default.svc.cluster.local }
Y28:
  apiVersion: v1
  kind: Service
  metadata: { name: headless-svc }
  spec: { clusterIP: None, publishNotReadyAddresses: true, ports: [{ port: 80, targetPort: 80, protocol: TCP }], selector: { app: nginx } }
Y29:
  apiVersion: v1
  kind: Endpoints
  metadata: { name: headless-svc }
  subsets: [{ addresses: [{ ip: 10.4.0.3, nodeName: minikube }], ports: [{ port: 80 }] }]
Y30:
  apiVersion: apps/v1
  kind: Deployment
  metadata: { name: my-nginx }
  spec:
    selector: { matchLabels: { run: my-nginx } }
    replicas: 2
    template:
      metadata: { labels: { run: my-nginx } }
      spec: { containers: [{ name: my-nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
Y31:
  apiVersion: v1
  kind: Service
  metadata: { name: my-nginx, labels: { run: my-nginx } }
  spec: { ports: [{ port: 80, protocol: TCP }], selector: { run: my-nginx } }
Y32: { apiVersion: "v1", kind: "Secret", metadata: { name: "nginxsecret", namespace: "default" }, data: { nginx.crt: null, nginx.key: null } }
Y33:
  apiVersion: v1
  kind: Service
  metadata: { name: my-nginx, labels: { run: my-nginx } }
  spec:
    type: NodePort
    ports: [{ port: 8080, targetPort: 80, protocol: TCP, name: http }, { port: 443, protocol: TCP, name: https }]
    selector: { run: my-nginx }
Y34:
  apiVersion: apps/v1
  kind: Deployment
  metadata: { name: my-nginx }
  spec:
    selector: { matchLabels: { run: my-nginx } }
    replicas: 1
    template:
      metadata: { labels: { run: my-nginx } }
      spec:
        volumes: [{ name: secret-volume, secret: { secretName: nginxsecret } }]
        containers:
          - name: nginxhttps
            image: "bprashanth/nginxhttps:1.0"
            ports: [{ containerPort: 443 }, { containerPort: 80 }]
            volumeMounts: [{ mountPath: /etc/nginx/ssl, name: secret-volume }]
Y35:
  apiVersion: apps/v1beta1
  kind: Deployment
  metadata: { name: curl-deployment }
  spec:
    replicas: 1
    template:
      metadata: { labels: { app: curlpod } }
      spec:
        volumes: [{ name: secret-volume, secret: { secretName: nginxsecret } }]
        containers:
          - name: curlpod
            command: [sh, -c, "while true; do sleep 1; done"]
            image: "radial/busyboxplus:curl"
            volumeMounts: [{ mountPath: /etc/nginx/ssl, name: secret-volume }]
`;

/** By name, `Y01` to `Y35`, in that order. */
export const seeds: Readonly<Record<string, JsonObject>> = Object.freeze(parse(printed) as Record<string, JsonObject>); // written above

/** @throws Error for a name that is none: a slip in this program. */
export function seed(name: string): JsonObject {
  const manifest = seeds[name];
  if (manifest === undefined) throw new Error(`there is no seed ${name}`);
  return manifest;
}
