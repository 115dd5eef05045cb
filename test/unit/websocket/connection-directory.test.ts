import { describe, expect, it } from 'vitest';
import {
  ConnectionDirectory,
  type DirectoryMember,
} from '../../../src/main/websocket/connection-directory.js';

interface Member extends DirectoryMember {
  bytesOut: number;
}

function member(id: string, bytesOut = 0): Member {
  return { id, node: null, remoteAddress: '127.0.0.1', connectedAtMs: 0, messagesIn: 0, bytesOut };
}

describe('the directory of a server’s clients', () => {
  it('finds those that speak for a node, until they are gone or speak for another', () => {
    const directory = new ConnectionDirectory();
    const [first, second] = [member('1'), member('2')];
    for (const each of [first, second]) {
      directory.add(each);
      directory.identify(each, 'nexus');
    }
    expect([...directory.ofNode('nexus')]).toEqual([first, second]);
    directory.identify(first, 'lexamoris');
    expect([directory.ofNode('nexus').size, directory.ofNode('lexamoris').size]).toEqual([1, 1]);
    directory.remove(second);
    expect([directory.ofNode('nexus').size, directory.all.size]).toEqual([0, 1]);
    expect(directory.views()).toMatchObject([{ id: '1', node: 'lexamoris' }]);
  });

  it('goes on counting what was written to those that are gone', () => {
    const directory = new ConnectionDirectory();
    const [first, second] = [member('1', 100), member('2', 20)];
    directory.add(first);
    directory.add(second);
    directory.remove(first);
    expect(directory.bytesOut).toBe(120);
    second.bytesOut = 30;
    expect(directory.bytesOut).toBe(130);
  });
});
