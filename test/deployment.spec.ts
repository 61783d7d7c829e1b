import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { parseAllDocuments } from 'yaml';
import { environmentSchema, parseConfig } from '../src/config/config.js';
import { HealthController } from '../src/core/health/health.controller.js';
import { MetricsService } from '../src/core/health/metrics.service.js';
import { providers } from '../src/core/providers/providers.js';
import { timeOfId } from '../src/platform/ids.js';
import { parseIndexKey, parseSealingKeys } from '../src/platform/sealing/sealing-keys.js';
import { signerOf } from '../src/platform/sealing/signed-note.js';
import { parseEnvironment, readCompose } from './support/compose.js';
import { startService } from './support/service.js';

const read = (path: string) => readFileSync(join(process.cwd(), path), 'utf8');
const dockerfile = read('Dockerfile');

const made = parseEnvironment(
  execFileSync(process.execPath, ['deploy/new-environment.mjs', 'alerts.example.go.kr/log'], {
    encoding: 'utf8',
  }),
);

/** Returns the names of a schema's fields, also of one that changes what it has read. */
const fieldsOf = (schema: z.ZodType): string[] => {
  const { def } = schema as { def: { in?: z.ZodType; shape?: object } };
  return def.in ? fieldsOf(def.in) : Object.keys(def.shape ?? {});
};

/** Every variable that the service or a provider of it reads. */
const variables = new Set([
  ...fieldsOf(environmentSchema(['sandbox'])),
  ...providers.flatMap(({ environment }) => fieldsOf(environment)),
]);

interface Probe {
  httpGet: { path: string; port: string | number };
}
interface Container {
  name: string;
  image: string;
  command?: string[];
  ports?: { name: string; containerPort: number }[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  securityContext: object;
  resources: { requests: object; limits: object };
  volumeMounts?: { name: string; mountPath: string }[];
}
interface PodSpec {
  containers: Container[];
  securityContext: { runAsNonRoot: boolean; runAsUser: number };
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds?: number;
  volumes?: { name: string }[];
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec: {
    selector?: { matchLabels?: Record<string, string> };
    podSelector?: { matchLabels?: Record<string, string> };
    template?: { metadata: { labels: Record<string, string> }; spec: PodSpec };
    scaleTargetRef?: { kind: string; name: string };
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
}

const folder = 'deploy/kubernetes';
const { resources } = parseAllDocuments(read(`${folder}/kustomization.yaml`))[0]?.toJS() as {
  resources: string[];
};
const manifests = resources.flatMap((file) =>
  parseAllDocuments(read(`${folder}/${file}`)).map((document) => document.toJS() as Manifest),
);
const workloads = manifests.flatMap(({ kind, metadata, spec }) =>
  spec?.template ? [{ kind, name: metadata.name, ...spec.template }] : [],
);
const containers = workloads.map((workload) => ({ ...workload, container: workload.spec.containers[0]! }));
const app = containers.filter(({ kind }) => kind !== 'Job');
const secrets = parseEnvironment(read(`${folder}/secrets.env.example`).replaceAll(/^#.*\n/gm, ''));
const config = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
const compose = readCompose(made);
const ofImage = Object.entries(compose).filter(([, { build }]) => build !== undefined);

/** What a command starts: a program of the image, or a file that is mounted into it. */
const programOf = (command: string[]) => {
  expect(command[0]).toBe('node');
  return command[1] ?? '';
};

describe('the environment that new-environment.mjs makes', () => {
  it('has keys that the service takes, and the verifier key of the log that they sign', () => {
    const index = parseIndexKey(made['CHORONG_INDEX_KEY'] ?? '');
    const sealing = parseSealingKeys(made['CHORONG_SEALING_KEYS'] ?? '');
    const log = { origin: made['CHORONG_LOG_ORIGIN'] ?? '', key: made['CHORONG_LOG_KEY'] ?? null };
    expect(signerOf(log, { sealing, index }).verifierKey).toBe(made['LOG_VERIFIER_KEY']);
    expect(log.origin).toBe('alerts.example.go.kr/log');
  });

  it('has an id of the instance that was made now', () => {
    expect(Math.abs(Date.now() - timeOfId(made['CHORONG_INSTANCE'] ?? ''))).toBeLessThan(60_000);
  });
});

describe('compose.yaml', () => {
  it('starts the service with variables that it reads, and with values that it takes', () => {
    expect(ofImage.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'witness', 'workers']);
    for (const [name, { environment = {} }] of ofImage) {
      expect([name, Object.keys(environment).filter((each) => !variables.has(each))]).toEqual([name, []]);
      expect(() => parseConfig(environment, providers)).not.toThrow();
    }
    const roleOf = (name: string) => parseConfig(compose[name]?.environment ?? {}, providers).role;
    expect([roleOf('api'), roleOf('workers'), compose['workers']?.deploy?.replicas]).toEqual([
      'api',
      'worker',
      2,
    ]);
  });

  it('gives the address of the tables’ owner to the migration alone', () => {
    const owner = made['CHORONG_OWNER_PASSWORD'] ?? '';
    const knowing = Object.entries(compose).filter(([, service]) => JSON.stringify(service).includes(owner));
    expect(knowing.map(([name]) => name).sort()).toEqual(['migrate', 'postgres']);
  });

  it('names images by version and digest, as the Dockerfile does, or builds them', () => {
    for (const [name, { image = '', build }] of Object.entries(compose)) {
      if (build) expect([name, build, image]).toEqual([name, '.', 'chorong']);
      else expect(image).toMatch(/^[a-z]+:\d+\.\d+(\.\d+)?-[a-z]+@sha256:[0-9a-f]{64}$/);
    }
  });

  it('starts programs that there are, and mounts files that there are', () => {
    for (const [, { command }] of ofImage) {
      if (!command) continue;
      const program = programOf(command);
      const source = program.startsWith('/witness/')
        ? program.slice(1)
        : program.replace(/^dist\/(.*)\.js$/, '$1.ts');
      expect([program, existsSync(source)]).toEqual([program, true]);
    }
    const mounted = Object.values(compose).flatMap(({ volumes = [] }) =>
      volumes.filter((volume) => volume.startsWith('./')),
    );
    expect(mounted.length).toBe(2);
    for (const volume of mounted) expect(existsSync(volume.split(':')[0] ?? '')).toBe(true);
  });

  it('runs the image as a service that may write to its volume and /tmp alone', () => {
    for (const [name, service] of ofImage) {
      expect({ name, ...service }).toMatchObject({
        read_only: true,
        tmpfs: ['/tmp'],
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        stop_grace_period: '30s',
      });
    }
    expect(compose['api']?.ports).toEqual([`127.0.0.1:3000:${portOfImage()}`]);
  });

  it('waits for services that there are, and for the health of those that tell it', () => {
    for (const { depends_on = {} } of Object.values(compose)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        if (condition === 'service_healthy') expect(compose[name]?.healthcheck?.test).toBeDefined();
        else expect([name, condition]).toEqual(['migrate', 'service_completed_successfully']);
      }
    }
  });
});

describe('the manifests for Kubernetes', () => {
  it('give variables that the service reads, with values that it takes', () => {
    const given = { ...config, ...secrets };
    for (const { name, container } of app) {
      const own = Object.fromEntries((container.env ?? []).map((each) => [each.name, each.value ?? '']));
      const all = { ...given, ...own };
      expect([name, Object.keys(all).filter((each) => !variables.has(each))]).toEqual([name, []]);
      expect(parseConfig(all, providers).role).toBe(name === 'chorong-api' ? 'api' : 'worker');
      expect(container.envFrom).toEqual([
        { configMapRef: { name: 'chorong' } },
        { secretRef: { name: 'chorong' } },
      ]);
    }
    expect(app.map(({ name }) => name)).toEqual(['chorong-api', 'chorong-workers']);
  });

  it('keep every secret out of the files, and the address of the tables’ owner from all but the migration', () => {
    const text = resources.map((file) => read(`${folder}/${file}`)).join('\n');
    for (const name of Object.keys(secrets)) expect(text).not.toMatch(new RegExp(`${name}: `));
    expect(Object.keys({ ...config, ...secrets })).not.toContain('DATABASE_OWNER_URL');
    const holders = containers.filter(({ container }) => JSON.stringify(container).includes('chorong-owner'));
    expect(holders.map(({ name }) => name)).toEqual(['chorong-migrate']);
    expect(parseConfig({ DATABASE_URL: secrets['DATABASE_URL'] }, providers).database?.ownerUrl).toBeNull();
  });

  it('run one image, which kustomize names by its digest, with programs that there are', () => {
    for (const { container } of containers) {
      expect(container.image).toBe('chorong');
      if (!container.command) continue;
      const source = programOf(container.command).replace(/^dist\/(.*)\.js$/, '$1.ts');
      expect([source, existsSync(source)]).toEqual([source, true]);
    }
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
    expect(command.at(-1)).toBe('dist/src/main.js');
    expect(command.join(' ')).toBe(scripts.start);
  });

  it('probe routes of the service at the port of the image', () => {
    const routes = Object.getOwnPropertyNames(HealthController.prototype).flatMap((name) => {
      const handler = (HealthController.prototype as unknown as Record<string, object>)[name];
      const path = handler && (Reflect.getMetadata('path', handler) as string | undefined);
      return path ? [`/${path}`] : [];
    });
    for (const { container } of app) {
      const ports = container.ports ?? [];
      expect(ports).toEqual([{ name: 'http', containerPort: portOfImage() }]);
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
        expect(routes).toContain(probe?.httpGet.path);
        expect(probe?.httpGet.port).toBe('http');
      }
      // A process is started again only for what a new start helps against.
      expect(container.livenessProbe?.httpGet.path).toBe('/health/live');
    }
  });

  it('run as the ordinary user of the image, with a read-only root and no more than they need', () => {
    for (const { spec, container } of containers) {
      expect(spec.automountServiceAccountToken).toBe(false);
      // The official image of Node makes its user with this id.
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(container.securityContext).toEqual({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.any(String) as string, memory: expect.any(String) as string },
        limits: { memory: expect.any(String) as string },
      });
    }
    for (const { container, spec } of app) {
      expect(container.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(['/data', '/tmp']);
      const stopSeconds =
        Number(/^const stopDeadline = ([\d_]+);/m.exec(read('src/main.ts'))?.[1]?.replace('_', '')) / 1000;
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds + 5);
    }
  });

  it('select pods that there are', () => {
    const labels = workloads.map(({ metadata }) => metadata.labels);
    const selecting = manifests.flatMap(({ kind, metadata, spec }) => {
      const wanted =
        spec?.selector?.matchLabels ??
        spec?.podSelector?.matchLabels ??
        (kind === 'Service' ? (spec.selector as Record<string, string>) : null);
      return wanted ? [{ name: `${kind} ${metadata.name}`, wanted }] : [];
    });
    expect(selecting.map(({ name }) => name).sort()).toEqual([
      'Deployment chorong-api',
      'NetworkPolicy chorong',
      'NetworkPolicy chorong-api',
      'PodDisruptionBudget chorong-api',
      'PodDisruptionBudget chorong-workers',
      'Service chorong',
      'Service chorong-workers',
      'StatefulSet chorong-workers',
    ]);
    for (const { name, wanted } of selecting) {
      const found = labels.filter((label) =>
        Object.entries(wanted).every(([key, value]) => label[key] === value),
      );
      expect([name, found.length > 0]).toEqual([name, true]);
    }
    const target = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec.scaleTargetRef;
    expect(workloads).toContainEqual(expect.objectContaining({ kind: target?.kind, name: target?.name }));
  });

  it('are all named by the kustomization', () => {
    const files = readdirSync(folder).filter(
      (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml',
    );
    expect([...resources].sort()).toEqual(files.sort());
  });
});

function portOfImage(): number {
  return Number(/^EXPOSE (\d+)$/m.exec(dockerfile)?.[1]);
}

describe('what Prometheus and Grafana are given', () => {
  const { groups } = parseAllDocuments(read('deploy/alerts.yaml'))[0]?.toJS() as {
    groups: { rules: { record?: string; alert?: string; expr: string; annotations?: object }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  const recorded = rules.flatMap(({ record }) => record ?? []);
  const { panels } = JSON.parse(read('deploy/dashboard.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];

  it('names metrics that the service shows, or that a rule records', async () => {
    const { names, labels } = await shownMetrics();
    const named = expressions.flatMap((expr) =>
      [...expr.matchAll(/\b(?:chorong|process)_\w+/g)].map(([name]) =>
        names.includes(name) ? name : name.replace(/_(bucket|count|sum)$/, ''),
      ),
    );
    expect(named.length).toBeGreaterThan(15);
    for (const name of named) expect([...names, ...recorded]).toContain(name);
    for (const [, name = '', label = ''] of expressions.join('\n').matchAll(/\b(chorong_\w+)\{(\w+)/g))
      expect(labels.get(name)).toContain(label);
    for (const name of names.filter((each) => each.startsWith('chorong_'))) expect(named).toContain(name);
  });

  it('tells of each alert what it means and what to do', () => {
    for (const { annotations } of rules.filter(({ alert }) => alert))
      expect(annotations).toEqual({
        summary: expect.any(String) as string,
        action: expect.any(String) as string,
      });
  });

  it('scales workers by a metric that a rule records', () => {
    expect(recorded).toEqual(['chorong_lateness_seconds']);
    expect(read(`${folder}/workers.yaml`)).toContain(`metric: { name: ${recorded[0]} }`);
  });
});

/** What a service of its own shows at /metrics: the names, and the labels of each. */
async function shownMetrics() {
  const service = await startService();
  try {
    const { body } = await service.app.inject({ method: 'GET', url: '/metrics' });
    const names = [...body.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
    return { names, labels: labelsOf(service.app.get(MetricsService)) };
  } finally {
    await service.stop();
  }
}

function labelsOf(metrics: MetricsService): Map<string, string[]> {
  const { registry } = metrics as unknown as {
    registry: { getMetricsAsArray(): { name: string; labelNames?: string[] }[] };
  };
  return new Map(registry.getMetricsAsArray().map(({ name, labelNames = [] }) => [name, labelNames]));
}
