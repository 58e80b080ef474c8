/** What a controller's `/metrics` says of its work; equal texts and `true` twice in a row mean that nothing moved between. */
export interface Business {
  readonly isIdle: boolean;
  readonly passes: string;
}

const busy: Business = { isIdle: false, passes: '' };

/** Whether a controller leads, has its provider, and has no pass waiting or under way. Nobody there is busy too. */
export async function businessAt(url: string): Promise<Business> {
  const text = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.text(),
    () => undefined, // it has not begun to serve, or is dead: asked again
  );
  return text === undefined ? busy : businessOf(text);
}

/** The same from the text of the answer. */
export function businessOf(metrics: string): Business {
  const value = (series: string): string | undefined =>
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1);
  const begun = value('workqueue_queue_duration_seconds_count{name="service"}') ?? '0';
  const ended = value('workqueue_work_duration_seconds_count{name="service"}') ?? '0';
  const isLeading = value('portolan_leader') === '1' && value('portolan_provider_up{provider="here"}') === '1';
  const isDone = begun === ended && (value('workqueue_depth{name="service"}') ?? '0') === '0';
  const hasNodes = (value('portolan_node_epochs_pending') ?? '0') === '0';
  return { isIdle: isLeading && isDone && hasNodes, passes: ended };
}
