import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { pageKey, type Rule, ruleKey } from './rules.js';

export interface GuardedRoute {
  method: string;
  path: string;
  handler: string;
  rule: Rule | undefined;
  /** Whether people reach the route by their sessions; every other route is of the API. */
  page: boolean;
}

/** RouteCheck stops the start when a route has no rule: forgetting one must not open a door, nor lock one silently. */
@Injectable()
export class RouteCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.routes().filter((route) => route.rule === undefined);
    if (open.length > 0) {
      throw new Error(
        `These routes have no access rule (add @Allow, @Public or @Webhook): ${open.map((r) => r.handler).join(', ')}`,
      );
    }
  }

  routes(): GuardedRoute[] {
    const found: GuardedRoute[] = [];
    for (const { instance } of this.discovery.getControllers()) {
      const { constructor: controller } = instance as object;
      const prototype = controller.prototype as Record<string, () => unknown>;
      const base = this.reflector.get<string | undefined>('path', controller) ?? '';
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (!handler) continue;
        const paths = this.reflector.get<string | string[] | undefined>('path', handler);
        if (paths === undefined) continue;
        const method = this.reflector.get<RequestMethod>('method', handler);
        const rest = {
          method: RequestMethod[method] ?? 'ALL',
          handler: `${controller.name}.${name}`,
          rule: this.reflector.getAllAndOverride<Rule | undefined>(ruleKey, [handler, controller]),
          page:
            this.reflector.getAllAndOverride<boolean | undefined>(pageKey, [handler, controller]) ?? false,
        };
        for (const path of [paths].flat())
          found.push({ ...rest, path: `/${base}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1') });
      }
    }
    return found;
  }
}
