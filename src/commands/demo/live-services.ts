import type { Clock } from '../../clock.ts';
import { follow, type ToyDoor } from '../../embedded/toy-follow.ts';
import { projectService } from '../../kube/projection.ts';
import type { Log } from '../../log.ts';
import type { ServiceView } from '../../model/service-view.ts';

export interface ServiceChange {
  readonly old?: ServiceView;
  readonly new?: ServiceView;
}

/** The cluster's Services as they are now, and word of every change. */
export class LiveServices {
  #services: ReadonlyMap<string, ServiceView> = new Map();
  #changed = Promise.withResolvers<void>();
  readonly #following: Promise<void>;

  constructor(door: ToyDoor, clock: Clock, log: Log, signal: AbortSignal, tell: (change: ServiceChange) => void) {
    const onChange = (services: ReadonlyMap<string, ServiceView>) => {
      const before = this.#services;
      this.#services = new Map(services);
      for (const [uid, old] of before) if (!services.has(uid)) tell({ old });
      for (const [uid, view] of services) {
        const old = before.get(uid);
        if (old !== view) tell(old === undefined ? { new: view } : { old, new: view });
      }
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
    this.#following = follow({ door, path: '/api/v1/services', project: projectService, onChange, clock, log, signal });
  }

  get(namespace: string, name: string): ServiceView | undefined {
    return this.all().find((service) => service.namespace === namespace && service.name === name);
  }

  all(): readonly ServiceView[] {
    return [...this.#services.values()];
  }

  /** Resolves with the next change of any Service. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Resolves once the signal it was made with has aborted and nothing more is told. */
  closed(): Promise<void> {
    return this.#following;
  }
}
