/**
 * What `kubectl` shows, without the events in which the API server says that it repairs an address it has just given. Its
 * repair loop now and then sees a Service before it sees the address: whether it says so is chance, and nobody need act.
 */
export const withoutRepairNotices = (text: string): string => text.replaceAll(/^.*\bipallocator-repair-controller\b.*\n/gm, '');
