export const usage = `resonance COMMAND [options]

  start      run the node without a window until it is interrupted
  send       --type state|frequency|s_roi|event|heartbeat  [--message TEXT] [--data JSON] [--frequency HZ] [--s-roi X]
             [--event-type T] [--target NODE]; returns when the broker has acknowledged
  tail       [--topic T].. [--type T].. [--from beginning|latest] [--count N]
  config     the effective configuration, each value with where it came from
             --import FILE (client.properties, kcat.conf) [--profile NAME] [--brokers HOST:PORT,..] [--color C] [--read-only]
             [--apply]: what of it becomes a profile; nothing is saved without --apply
  doctor     connectivity, step by step; exit 1 when a step fails
  groups     [list]
             describe GROUP
             reset GROUP --to-earliest | --to-latest | --to-time ISO | --shift-by N | --to-offset N
                   [--topic T[:P,P]].. [--apply]; without --apply it only shows what would be changed
             undo GROUP [--snapshot ID] [--apply]
  simulate   [--nodes lexamoris,nexus] [--fault silence|drift|malformed|burst|lag]
  broker     the embedded broker alone: [--port N]

Everywhere:
  --json              one JSON object a line on stdout; logs go to stderr
  --config FILE       settings file (also RESONANCE_CONFIG)
  --set KEY=VALUE     one setting by its dot path, repeatable: --set websocket.port=0
  --data-dir DIR      where everything is kept (also RESONANCE_DATA_DIR)

Environment: LOG_LEVEL, RESONANCE_CONFIG, RESONANCE_DATA_DIR, KAFKA_BROKERS (comma separated)
`;
