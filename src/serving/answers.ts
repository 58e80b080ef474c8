/** What a request is answered with, before it becomes HTTP. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export const textAnswer = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body });

export const jsonAnswer = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(body)}\n`,
});

/** A refusal in the form every Kubernetes client reads. */
export const refusal = (code: 401 | 403, reason: 'Unauthorized' | 'Forbidden', message: string): Answer =>
  jsonAnswer(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details: {}, code });
