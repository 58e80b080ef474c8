import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];
/** Text in a colour, or as it is where colours are not wanted. */
export type Paint = (style: Style, text: string) => string;

export const createPaint =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? styleText(style, text, { validateStream: false }) : text;

/** One line without control characters: what a cloud, a manifest or an annotation says must not steer a terminal. */
export const printable = (text: string): string =>
  text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')
    .trim();
