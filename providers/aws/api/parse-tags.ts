import * as z from 'zod';
import type { Marks } from '../../../src/model/owner.ts';
import type { Arn, Attributes } from './elb.ts';
import { parsedAnswer, tags, word } from './parsed-answer.ts';

const descriptions = z.object({ TagDescriptions: z.array(z.object({ ResourceArn: word, Tags: tags })) });

/** @throws LbError `BadAnswer` */
export const parseTags = (sent: unknown, action: string): ReadonlyMap<Arn, Marks> =>
  new Map(parsedAnswer(descriptions, sent, action).TagDescriptions.map(({ ResourceArn, Tags }) => [ResourceArn, Tags]));

const attributes = z.object({ Attributes: z.array(z.object({ Key: word, Value: z.string().default('') })) });

/** Of whatever has attributes; one that is empty has the empty value. @throws LbError `BadAnswer` */
export const parseAttributes = (sent: unknown, action: string): Attributes =>
  Object.fromEntries(parsedAnswer(attributes, sent, action).Attributes.map(({ Key, Value }) => [Key, Value]));
