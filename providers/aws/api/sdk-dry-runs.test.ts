import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { cannedAmazon, type CannedAmazon, type Sent } from './canned-amazon.ts';
import type { Rehearsal } from './dry-runs.ts';

let amazon: CannedAmazon;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  amazon = await cannedAmazon();
});
afterEach(() => {
  (amazon.sent as Sent[]).length = 0; // each test sees its own
  (amazon.actions as string[]).length = 0; // as above
});
afterAll(() => {
  amazon.close();
  vi.unstubAllEnvs();
});

const on: Rehearsal = { vpcId: 'vpc-1', group: 'sg-1', rule: 'sgr-1', tags: { 'portolan.dev/cluster': 'one' } };
const options = { signal: new AbortController().signal };
const methods = ['createSecurityGroup', 'deleteSecurityGroup', 'authorizeIngress', 'revokeIngress', 'addTags', 'removeTags'] as const;

it.each(methods)('%s is asked for as a dry run only, once, and Amazon’s own way to say yes is yes', async (method) => {
  amazon.answers([412, 'DryRunOperation']);
  await amazon.dryRuns.dryRun(method, on, options);
  expect(amazon.sent).toMatchObject([{ DryRun: 'true' }]);
});

it('is no where Amazon says no, with the action', async () => {
  amazon.answers([403, 'UnauthorizedOperation']);
  await expect(amazon.dryRuns.dryRun('addTags', on, options)).rejects.toMatchObject({
    code: 'PermissionDenied',
    text: 'the credential may not call ec2:CreateTags',
  });
});

it('carries the marks, which a policy may ask for', async () => {
  amazon.answers([412, 'DryRunOperation'], [412, 'DryRunOperation']);
  await amazon.dryRuns.dryRun('createSecurityGroup', on, options);
  await amazon.dryRuns.dryRun('authorizeIngress', on, options);
  expect(amazon.sent).toMatchObject([
    { VpcId: 'vpc-1', 'TagSpecification.1.Tag.1.Key': 'portolan.dev/cluster' },
    { GroupId: 'sg-1', 'TagSpecification.1.Tag.1.Value': 'one' },
  ]);
});
