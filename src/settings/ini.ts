/**
 * The INI of upstream's cloud configurations (Go's gcfg, which reads what git reads): `[Section]`, `[Section "name"]`,
 * `Key = value` or a bare `Key`, which is true; `;` and `#` begin comments; a value may be quoted, with `\"`, `\\`, `\n`, `\t`.
 */

/** One line that says something. */
export interface IniEntry {
  /** From 1. */
  readonly line: number;
  readonly section: string;
  /** What stands in quotes beside the section. */
  readonly name?: string;
  readonly key: string;
  /** Absent: the bare key. */
  readonly value?: string;
}

/** What is wrong, and in which line. */
export interface IniProblem {
  readonly line: number;
  readonly text: string;
}

/** What a provider makes of upstream's file: raw, as its own configuration would hold it. */
export interface UpstreamCloud {
  readonly connection: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What was said and means nothing here, and why. */
  readonly warnings: readonly IniProblem[];
  readonly problems: readonly IniProblem[];
}

const header = /^\[\s*([A-Za-z][A-Za-z0-9.-]*)\s*(?:"((?:[^"\\]|\\["\\])*)")?\s*\]\s*(?:[;#].*)?$/;
const assignment = /^([A-Za-z][A-Za-z0-9_-]*)\s*(?:=\s*(.*))?$/s;
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t' };

/** Whether a text is INI rather than YAML: what it says first is a section. */
export const isIni = (text: string): boolean => /^(?:\s*(?:[;#][^\n]*)?\n)*\s*\[\s*[A-Za-z]/.test(text.replaceAll('\r\n', '\n'));

export function parseIni(text: string): { readonly entries: readonly IniEntry[]; readonly problems: readonly IniProblem[] } {
  const entries: IniEntry[] = [];
  const problems: IniProblem[] = [];
  let section: Pick<IniEntry, 'section' | 'name'> | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const [line, said] = [index + 1, raw.trim()];
    if (said === '' || said.startsWith(';') || said.startsWith('#')) continue;
    const found = header.exec(said);
    if (found !== null) {
      section = { section: found[1] ?? '', ...(found[2] === undefined ? {} : { name: found[2].replaceAll(/\\(.)/g, '$1') }) };
      continue;
    }
    const [, key, rest] = assignment.exec(said) ?? [];
    if (key === undefined) problems.push({ line, text: 'this is neither a section, nor a key with a value' });
    else if (section === undefined) problems.push({ line, text: `${key} stands before any section` });
    else {
      const value = rest === undefined ? undefined : valueOf(rest);
      if (value === 'unfinished')
        problems.push({ line, text: `${key}: its value has a quote without an end, or an escape that there is not` });
      else entries.push({ line, ...section, key, ...(value === undefined ? {} : { value: value.text }) });
    }
  }
  return { entries, problems };
}

/** Quotes and their inside joined with what stands outside of them, up to a comment. */
function valueOf(rest: string): { readonly text: string } | 'unfinished' {
  let [text, quoted, kept] = ['', false, 0];
  for (let at = 0; at < rest.length; at++) {
    const letter = rest.charAt(at);
    if (letter === '\\') {
      const meant = escapes[rest.charAt(++at)];
      if (meant === undefined) return 'unfinished';
      text += meant;
      kept = text.length;
    } else if (letter === '"') {
      quoted = !quoted;
      kept = text.length;
    } else if (!quoted && (letter === ';' || letter === '#')) break;
    else {
      text += letter;
      if (quoted) kept = text.length;
    }
  }
  return quoted ? 'unfinished' : { text: text.slice(0, Math.max(kept, text.trimEnd().length)) };
}
