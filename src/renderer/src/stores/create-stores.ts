import type { FeedBatch } from '../../../shared/feed.js';
import type { ResonanceBridge, WindowAction } from '../../../shared/ipc.js';
import { createClient } from '../ipc/client.js';
import { type AfterRender, FeedSubscription } from '../ipc/feed-subscription.js';
import { type ComposeStore, createComposeStore } from './compose-store.js';
import { createDeadLettersStore, type DeadLettersStore } from './dead-letters-store.js';
import { createDeliveryStore, type DeliveryStore } from './delivery-store.js';
import { createDiagnosticsStore, type DiagnosticsStore } from './diagnostics-store.js';
import { createDoctorStore, type DoctorStore } from './doctor-store.js';
import { createGroupsStore, type GroupsStore } from './groups-store.js';
import { createLogsStore, type LogsStore } from './logs-store.js';
import { createMessagesStore, type MessagesStore } from './messages-store.js';
import { createNodeCommands, type NodeCommands } from './node-commands.js';
import { createNodeDetailStore, type NodeDetailStore } from './node-detail-store.js';
import { createNodesStore, type NodesStore } from './nodes-store.js';
import { createPeerCommands, type PeerCommands } from './peer-commands.js';
import { createProfileCommands, type ProfileCommands } from './profile-commands.js';
import { createReceiptsStore, type ReceiptsStore } from './receipts-store.js';
import { createRejectionsStore, type RejectionsStore } from './rejections-store.js';
import { createSecretsStore, type SecretsStore } from './secrets-store.js';
import { createSeriesStore, type SeriesStore } from './series-store.js';
import { createSettingsDraftStore, type SettingsDraftStore } from './settings-draft-store.js';
import { createSettingsStore, type SettingsStore } from './settings-store.js';
import { createStatusStore, type StatusStore } from './status-store.js';
import { Ticker, type TickerEnvironment } from './ticker.js';
import { createToastsStore, type ToastsStore } from './toasts-store.js';
import { createTopicsStore, type TopicsStore } from './topics-store.js';
import { createTrafficStore, type TrafficStore } from './traffic-store.js';
import { createUiStore, isViewId, type UiStore, type ViewId } from './ui-store.js';

/** Everything the views read and do. */
export interface Stores {
  readonly status: StatusStore;
  readonly nodes: NodesStore;
  readonly nodeDetail: NodeDetailStore;
  readonly series: SeriesStore;
  readonly traffic: TrafficStore;
  readonly messages: MessagesStore;
  readonly logs: LogsStore;
  readonly rejections: RejectionsStore;
  readonly receipts: ReceiptsStore;
  readonly deadLetters: DeadLettersStore;
  readonly delivery: DeliveryStore;
  readonly compose: ComposeStore;
  readonly doctor: DoctorStore;
  readonly topics: TopicsStore;
  readonly groups: GroupsStore;
  readonly settings: SettingsStore;
  readonly settingsDraft: SettingsDraftStore;
  readonly secrets: SecretsStore;
  readonly diagnostics: DiagnosticsStore;
  readonly toasts: ToastsStore;
  readonly ui: UiStore;
  readonly commands: NodeCommands;
  readonly peers: PeerCommands;
  readonly profiles: ProfileCommands;
  readonly ticker: Ticker;
  /** Subscribes to main and loads the first picture. Failures show in the stores. */
  connect(): Promise<void>;
  /** Unsubscribes from everything. */
  disconnect(): void;
}

export interface StoresOptions extends TickerEnvironment {
  readonly bridge: ResonanceBridge;
  readonly afterRender: AfterRender;
  /** Whether the desktop is dark. */
  readonly prefersDark: () => boolean;
  readonly initialView?: ViewId;
}

export function createStores(options: StoresOptions): Stores {
  const { bridge, wallMs, afterRender, prefersDark, initialView } = options;
  const client = createClient(bridge);
  const toasts = createToastsStore();
  const receipts = createReceiptsStore(client);
  const settings = createSettingsStore(client, prefersDark);
  const settingsDraft = createSettingsDraftStore(settings, toasts);
  const messages = createMessagesStore(client);
  const stores = {
    status: createStatusStore(),
    nodes: createNodesStore(),
    nodeDetail: createNodeDetailStore(client),
    series: createSeriesStore(client, wallMs),
    traffic: createTrafficStore(),
    messages,
    logs: createLogsStore(client),
    rejections: createRejectionsStore(),
    receipts,
    deadLetters: createDeadLettersStore(client, toasts),
    delivery: createDeliveryStore(),
    compose: createComposeStore(receipts),
    doctor: createDoctorStore(client),
    topics: createTopicsStore(client, wallMs),
    groups: createGroupsStore(client, wallMs),
    settings,
    settingsDraft,
    secrets: createSecretsStore(client),
    diagnostics: createDiagnosticsStore(),
    toasts,
    ui: createUiStore(initialView),
    commands: createNodeCommands(client, toasts),
    peers: createPeerCommands(settings, toasts),
    profiles: createProfileCommands(client, settings, toasts, settingsDraft, messages),
    ticker: new Ticker(options),
  };

  /** Each store sets at most once per batch; React renders them together. */
  const apply = (batch: FeedBatch): void => {
    stores.status.getState().apply(batch);
    stores.nodes.getState().apply(batch);
    stores.series.getState().apply(batch);
    stores.traffic.getState().apply(batch);
    stores.messages.getState().apply(batch);
    stores.logs.getState().apply(batch);
    stores.rejections.getState().apply(batch);
    stores.receipts.getState().apply(batch);
    stores.deadLetters.getState().apply(batch);
    stores.topics.getState().follow(batch);
    stores.groups.getState().follow(batch);
    stores.doctor.getState().apply(batch);
    stores.ticker.tickAlong();
  };

  const feed = new FeedSubscription(
    client,
    {
      onStart(start) {
        apply(start.batch);
        stores.logs.getState().start(start);
        stores.rejections.getState().start(start);
        stores.receipts.getState().start(start);
      },
      onBatch: apply,
      onError: (error) => stores.status.getState().setFeedError(error),
    },
    afterRender,
  );

  let unsubscribes: (() => void)[] = [];
  const disconnect = (): void => {
    feed.stop();
    for (const unsubscribe of unsubscribes) unsubscribe();
    unsubscribes = [];
  };

  return {
    ...stores,
    async connect() {
      disconnect();
      unsubscribes = [
        client.onEvent('action', (action) => perform(action, stores)),
        client.onEvent('settings', (changed) => {
          stores.settings.getState().replace(changed);
          stores.logs.getState().forgetLevel();
        }),
        client.onEvent('quitting', (quitting) => stores.ui.getState().setQuitting(quitting)),
      ];
      await Promise.all([
        feed.start().catch((error: unknown) => stores.status.getState().setFeedError(error)),
        stores.settings.getState().load(),
        stores.series.getState().setWindow(stores.series.getState().windowMs),
        stores.messages.getState().setFilter(stores.messages.getState().filter),
        client.call('app.info').then(
          (app) => stores.status.getState().setApp(app),
          (error: unknown) => stores.status.getState().setFeedError(error),
        ),
      ]);
    },
    disconnect,
  };
}

const searchableViews: ReadonlySet<ViewId> = new Set(['messages', 'topics', 'diagnostics', 'settings']);

/** A menu item or shortcut that main handled. */
function perform(
  action: WindowAction,
  { ui, messages, settings, toasts }: Pick<Stores, 'ui' | 'messages' | 'settings' | 'toasts'>,
): void {
  switch (action) {
    case 'compose':
      ui.getState().openCompose();
      return;
    case 'find':
      // The messages are what there is to search where the view has nothing of its own.
      if (!searchableViews.has(ui.getState().view)) ui.getState().show('messages');
      ui.getState().requestFind();
      return;
    case 'pause':
      ui.getState().show('messages');
      void messages.getState().togglePause();
      return;
    case 'toggle-theme':
      settings
        .getState()
        .toggleTheme()
        .catch((error: unknown) => toasts.getState().showError(error, 'The theme was not saved'));
      return;
    default: {
      const view = action.slice('view.'.length);
      if (isViewId(view)) ui.getState().show(view);
    }
  }
}
