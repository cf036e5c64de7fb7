// nginx: as a server of files, with locations in the two ways of writing them, and before another server, to which it
// passes the path on that it decoded.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLOSED } from "./pages.mjs";

const settings = (folder, site, ports, behind) => `
daemon off;
master_process off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 64; }
http {
  access_log off;
  default_type text/html;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${ports.files};
    root ${site};
    location ~* ^/ex/reports/?$ { return 200 "${CLOSED}"; }
  }
  server {
    listen 127.0.0.1:${ports.before};
    location / { proxy_pass http://127.0.0.1:${behind}$uri; }
  }
}
`;

/** Starts it; `behind` is the port of the server that it stands before. */
export const start = (program, folder, site, ports, behind) => {
  mkdirSync(join(folder, "logs"), { recursive: true });
  const file = join(folder, "nginx.conf");
  writeFileSync(file, settings(folder, site, ports, behind));
  const errors = join(folder, "logs/error.log");
  const child = spawn(program, ["-p", folder, "-c", file, "-e", errors], { stdio: ["ignore", "ignore", "inherit"] });
  return { child, ports };
};
