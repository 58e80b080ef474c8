/** The prefix that both of Amazon's Go controllers read. */
const prefix = 'service.beta.kubernetes.io/aws-load-balancer-';

/** The annotation of a row: `ssl-cert` under that prefix. */
export const annotation = (name: string): readonly [string] => [`${prefix}${name}`];
