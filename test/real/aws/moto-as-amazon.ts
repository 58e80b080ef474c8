import type { Answer, CloudCall, Correct } from './cloud-proxy.ts';

const item = /<item><securityGroupRuleId>([\s\S]*?)<\/item>(?=<item><securityGroupRuleId>|<\/securityGroupRuleSet>)/g;

/**
 * Answers as Amazon gives them, where moto's would lead a controller astray (`differences.ts`): it does not answer the ids of
 * all rules that were made, nor the descriptions of rules whose source is a group; and it keeps one port of each target, so
 * that letting go of the old port would let go of the new one; and it deletes what is protected from deletion.
 */
export function motoAsAmazon(): Correct {
  /** By group, protocol, ports and source. */
  const descriptions = new Map<string, string>();

  const described = (rules: string): string =>
    rules.replaceAll(item, (rule) => {
      const description = descriptions.get(keyOfRule(rule));
      const isLacking = description !== undefined && !rule.includes('<description>');
      return isLacking ? rule.replace('</referencedGroupInfo>', `</referencedGroupInfo><description>${description}</description>`) : rule;
    });

  return async (call, forward, ask) => {
    if (call.action === 'DescribeSecurityGroupRules') return changed(await forward(), described);
    if (call.action === 'DeleteLoadBalancer') return (await isProtected(call, ask)) ? refusal : await forward();
    if (call.action === 'DeregisterTargets') return (await isReplaced(call, ask)) ? nothingToDo : await forward();
    if (call.action !== 'AuthorizeSecurityGroupIngress') return await forward();
    const group = call.fields['GroupId'] ?? '';
    const read = () => ask({ Action: 'DescribeSecurityGroupRules', 'Filter.1.Name': 'group-id', 'Filter.1.Value.1': group });
    const before = new Set([...(await read()).matchAll(item)].map(([rule]) => idOf(rule)));
    const answer = await forward();
    if (answer.status !== 200) return answer;
    for (const [key, description] of descriptionsIn(call)) descriptions.set(key, description);
    const made = [...described(await read()).matchAll(item)].map(([rule]) => rule).filter((rule) => !before.has(idOf(rule)));
    return changed(answer, (text) =>
      text.replace(
        /<securityGroupRuleSet>[\s\S]*<\/securityGroupRuleSet>/,
        () => `<securityGroupRuleSet>${made.join('')}</securityGroupRuleSet>`,
      ),
    );
  };
}

const refusal: Answer = {
  status: 400,
  type: 'text/xml',
  text: '<ErrorResponse><Error><Type>Sender</Type><Code>OperationNotPermitted</Code><Message>it is protected</Message></Error></ErrorResponse>',
};

async function isProtected({ fields }: CloudCall, ask: Parameters<Correct>[2]): Promise<boolean> {
  const of = { Action: 'DescribeLoadBalancerAttributes', LoadBalancerArn: fields['LoadBalancerArn'] ?? '' };
  return /<Key>deletion_protection\.enabled<\/Key>\s*<Value>true</.test(await ask(of));
}

const nothingToDo: Answer = {
  status: 200,
  type: 'text/xml',
  text: '<DeregisterTargetsResponse><DeregisterTargetsResult/></DeregisterTargetsResponse>',
};

/** Each target is registered with another port than the one that is let go. */
async function isReplaced({ fields }: CloudCall, ask: Parameters<Correct>[2]): Promise<boolean> {
  const health = await ask({ Action: 'DescribeTargetHealth', TargetGroupArn: fields['TargetGroupArn'] ?? '' });
  const registered = new Map(
    [...health.matchAll(/<Target>[\s\S]*?<\/Target>/g)].map(([target]) => [within(target, 'Id'), within(target, 'Port')]),
  );
  const asked = Object.keys(fields).filter((name) => /^Targets\.member\.\d+\.Id$/.test(name));
  return asked.every((name) => {
    const port = registered.get(fields[name] ?? '');
    return port !== undefined && port !== fields[name.replace(/Id$/, 'Port')];
  });
}

const changed = (answer: Answer, change: (text: string) => string): Answer => ({ ...answer, text: change(answer.text) });
const within = (text: string, tag: string): string => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1] ?? '';
const idOf = (rule: string): string => within(rule, 'securityGroupRuleId');

function keyOfRule(rule: string): string {
  const source = within(/<referencedGroupInfo>[\s\S]*<\/referencedGroupInfo>/.exec(rule)?.[0] ?? '', 'groupId');
  return [within(rule, 'groupId'), within(rule, 'ipProtocol'), within(rule, 'fromPort'), within(rule, 'toPort'), source].join(' ');
}

/** Of the rules that are asked for and whose source is a group. */
function descriptionsIn({ fields }: CloudCall): readonly (readonly [string, string])[] {
  return Object.entries(fields).flatMap(([name, source]) => {
    const at = /^(IpPermissions\.\d+)\.Groups\.(\d+)\.GroupId$/.exec(name);
    if (at === null) return [];
    const [permission = '', index = ''] = at.slice(1);
    const of = (field: string) => fields[`${permission}.${field}`] ?? '';
    const key = [fields['GroupId'], of('IpProtocol'), of('FromPort'), of('ToPort'), source].join(' ');
    return [[key, of(`Groups.${index}.Description`)] as const];
  });
}
