/** Keeps a server that would listen on every interface to this machine: `node --import ./loopback.mjs`. */
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  const given = rest.filter((one) => typeof one === 'function');
  return Reflect.apply(listen, this, [port, '127.0.0.1', ...given]);
};
