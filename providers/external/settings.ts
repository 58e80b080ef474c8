import type { SettingsTable } from '../../src/settings/row.ts';

/** What of `connection:` is Portolan's own; the rest is the provider's, by the rows it describes itself with. */
export interface OwnConnection {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string | undefined;
}

export const ownConnection: SettingsTable<OwnConnection> = {
  command: {
    type: 'string-list',
    required: true,
    text: 'The program and its arguments; no shell reads them. It is started when the controller starts, and again when it ends.',
    since: '0.1',
    edit: 'only-at-creation',
  },
  env: {
    type: 'map',
    default: {},
    text: "Environment variables for it, besides the controller's own.",
    since: '0.1',
    edit: 'only-at-creation',
    secret: true,
  },
  directory: {
    type: 'string',
    text: 'The folder it is started in. Without it: the one the controller was started in.',
    since: '0.1',
    edit: 'only-at-creation',
  },
};

export const ownNames: ReadonlySet<string> = new Set(Object.keys(ownConnection));

/** The command as a person would type it, for messages. Arguments may be secret; the program and the first one rarely are. */
export function commandText(command: readonly string[]): string {
  const shown = command.slice(0, 2).map((word) => (/^[\w./@%+=:-]+$/.test(word) ? word : JSON.stringify(word)));
  return `${shown.join(' ')}${command.length > 2 ? ' …' : ''}`;
}
