import { apply, manifest, service, step, words, type Story } from './story.ts';

const app = (spec: object, metadata: object = {}) => service('app', { selector: { app: 'a' }, ...spec }, metadata);
const twoPorts = app(
  {
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ],
  },
  { labels: { kept: '1', dropped: '1' } },
);
const onePort = app({ ports: [{ name: 'b', port: 82 }] }, { labels: { kept: '1' } });
const invalid = app({ ports: [{ name: 'b', port: 80_000 }] });
const misspelt = app({ prots: [{ name: 'b', port: 80 }] });

const refusesServerSide = /kubectl apply without --server-side/;
/** Only lines of ports: a UID may hold any number. */
const editor = (script: string) => ({ env: { KUBE_EDITOR: `sed -i -e ${script}` } });

export const storiesOfWriting: readonly Story[] = [
  {
    name: 'apply',
    older: true,
    steps: [
      step('diff -f -', { stdin: manifest(twoPorts) }),
      apply(twoPorts),
      apply(twoPorts),
      step('label svc app others=1'),
      step('annotate svc app example.com/others=1'),
      step('diff -f -', { stdin: manifest(onePort) }),
      step('apply --dry-run=client -f -', { stdin: manifest(onePort) }),
      step('apply --dry-run=server -f -', { stdin: manifest(onePort) }),
      apply(onePort),
      step('get svc app -o yaml'),
      step('apply view-last-applied svc app'),
      step('diff -f -', { stdin: manifest(onePort) }),
      apply(invalid),
      apply(misspelt),
      step('apply --validate=false -f -', { stdin: manifest(misspelt) }),
      step('replace -f -', { stdin: manifest(onePort) }),
      step('replace --force -f -', { stdin: manifest(onePort) }),
      step('get svc app'),
      step('apply --prune -l kept=1 -f -', {
        stdin: manifest(service('next', { ports: [{ port: 80 }] }, { labels: { kept: '1' } })),
        only: /^service/,
      }),
    ],
  },
  {
    name: 'server-side-apply',
    steps: [
      step('apply --server-side -f -', { stdin: manifest(onePort), instead: refusesServerSide }),
      step('diff --server-side -f -', { stdin: manifest(twoPorts), instead: refusesServerSide }),
      step('get svc', { instead: /^No resources found/ }),
    ],
  },
  {
    name: 'not-here',
    steps: [
      step('create deployment made --image=web', { instead: /use "kubectl apply -f FILE"/ }),
      apply({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } },
        },
      }),
      step('scale deployment web --replicas=2', { instead: /could not find the requested resource/ }),
      step('explain deployment.spec', { instead: /field "spec" does not exist/ }),
      step('auth can-i get services', { instead: /could not find the requested resource/ }),
      step('get service kubernetes -n default', { instead: /"kubernetes" not found/ }),
    ],
  },
  {
    name: 'create',
    steps: [
      step('create -f -', { stdin: manifest(twoPorts) }),
      step('create -f -', { stdin: manifest(twoPorts) }),
      step('create --dry-run=server -f -', { stdin: manifest(service('dry', { ports: [{ port: 80 }] })) }),
      step('create --dry-run=client -o yaml service loadbalancer dry --tcp=80'),
      step('get svc -o name'),
      step('create -f -', { stdin: manifest(service('bad', { ports: [{ port: 80_000 }], type: 'Other' })) }),
      step('create -f -', { stdin: manifest(service('bad', { prots: [] })) }),
      step('create -f -', { stdin: manifest(service('Bad_Name', { ports: [{ port: 80 }] })) }),
      step('create -n nowhere -f -', { stdin: manifest(service('lost', { ports: [{ port: 80 }] })) }),
      step('expose service app --name=again --port=8080'),
      step('get svc again -o jsonpath={.spec}'),
      step('set selector svc again app=z'),
      step('get svc again -o jsonpath={.spec.selector}'),
    ],
  },
  {
    name: 'generators',
    steps: [
      step('create namespace generators-two'),
      step('create service clusterip one --tcp=80:8080'),
      step('create service loadbalancer two --tcp=80:http'),
      step('create service externalname three --external-name=example.com'),
      step('create service nodeport four --tcp=80 --node-port=31234'),
      step('create configmap settings --from-literal=a=b'),
      step('create secret generic key --from-literal=a=b'),
      step('create serviceaccount robot'),
      step('get svc one three four -o yaml'),
      step('get svc two -o jsonpath={.spec.ports[0]}'),
      step('get configmap/settings secret/key -o yaml'),
      step('delete namespace generators-two'),
    ],
  },
  {
    name: 'patch',
    older: true,
    steps: [
      apply(twoPorts),
      words(['patch', 'svc', 'app', '-p', '{"spec":{"ports":[{"port":83,"name":"c"}]}}']),
      words(['patch', 'svc', 'app', '--type=strategic', '-p', '{"spec":{"ports":[{"port":80,"$patch":"delete"}]}}']),
      words(['patch', 'svc', 'app', '--type=merge', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}']),
      words(['patch', 'svc', 'app', '--type=json', '-p', '[{"op":"replace","path":"/spec/ports/0/port","value":90}]']),
      words(['patch', 'svc', 'app', '--type=json', '-p', '[{"op":"remove","path":"/spec/nowhere"}]']),
      words(['patch', 'svc', 'app', '--type=json', '-p', '[{"op":"test","path":"/spec/type","value":"NodePort"}]']),
      words(['patch', 'svc', 'app', '-p', '{"spec":{"ports":[{"port":0}]}}']),
      words(['patch', 'svc', 'app', '-p', '{"spec":{"clusterIP":"10.96.1.1"}}']),
      words(['patch', 'svc', 'app', '-p', 'nonsense']),
      words(['patch', 'svc', 'app', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}']),
      words(['patch', 'svc', 'app', '--dry-run=server', '-p', '{"spec":{"sessionAffinity":"None"}}']),
      words(['patch', 'svc', 'nothing', '-p', '{}']),
      words(['patch', 'svc', 'app', '--subresource=status', '--type=merge', '-p', '{"status":{"conditions":[]}}']),
      step('get svc app -o yaml'),
    ],
  },
  {
    name: 'label',
    steps: [
      apply(onePort),
      step('label svc app a=b'),
      step('label svc app a=c'),
      step('label svc app a=c --overwrite'),
      step('label svc app a-'),
      step('label svc app a-'),
      step('label svc --all all=1'),
      step('label svc app bad=$'),
      step('label svc app a=1 --dry-run=server'),
      step('annotate svc app example.com/a=b'),
      step('annotate svc app example.com/a=b'),
      step('annotate svc app example.com/a=c'),
      step('annotate svc app example.com/a-'),
      step('annotate svc app bad/a/b=c'),
      step('annotate svc nothing a=b'),
      step('get svc app -o yaml'),
    ],
  },
  {
    name: 'edit',
    older: true,
    steps: [
      apply(onePort),
      step('edit svc app', editor('/ort/s/82/83/')),
      step('edit svc app', editor('s/nothing/here/')),
      step('get svc app -o jsonpath={.spec.ports}'),
      // The second time the editor leaves the copy as it is, and kubectl gives up.
      step('edit svc app', { ...editor('/ort/s/83$/83000/'), only: /is invalid|cancelled|valid fields/ }),
      step('edit svc app -o json', editor('/ort/s/83/84/')),
      step('edit svc nothing', editor('s/a/b/')),
      step('get svc app'),
    ],
  },
];
