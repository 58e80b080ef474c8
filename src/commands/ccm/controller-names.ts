export const serviceController = 'service-lb-controller';

/** The controllers of a cloud-controller-manager by name and by short name (contract M1). Portolan has the first. */
export const controllerNames: Readonly<Record<string, string>> = {
  [serviceController]: serviceController,
  service: serviceController,
  'cloud-node-controller': 'cloud-node-controller',
  'cloud-node': 'cloud-node-controller',
  'cloud-node-lifecycle-controller': 'cloud-node-lifecycle-controller',
  'cloud-node-lifecycle': 'cloud-node-lifecycle-controller',
  'node-route-controller': 'node-route-controller',
  route: 'node-route-controller',
};
