// Tomcat with the settings that it has of itself, serving files.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const server = (port, site) => `<?xml version="1.0" encoding="UTF-8"?>
<Server port="-1">
  <Service name="Catalina">
    <Connector port="${port}" address="127.0.0.1" protocol="HTTP/1.1" />
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false" deployOnStartup="false">
        <Context path="" docBase="${site}" />
      </Host>
    </Engine>
  </Service>
</Server>
`;

const WEB = `<?xml version="1.0" encoding="UTF-8"?>
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
  <servlet>
    <servlet-name>default</servlet-name>
    <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
    <load-on-startup>1</load-on-startup>
  </servlet>
  <servlet-mapping>
    <servlet-name>default</servlet-name>
    <url-pattern>/</url-pattern>
  </servlet-mapping>
  <welcome-file-list>
    <welcome-file>index.html</welcome-file>
  </welcome-file-list>
</web-app>
`;

/** Starts it; `home` is where it is installed. */
export const start = (java, home, folder, site, port) => {
  for (const name of ["conf", "logs", "temp", "webapps", "work"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, "conf/server.xml"), server(port, site));
  writeFileSync(join(folder, "conf/web.xml"), WEB);
  const path = ["bootstrap.jar", "tomcat-juli.jar"].map((name) => join(home, "bin", name)).join(":");
  const settings = { "catalina.home": home, "catalina.base": folder, "java.io.tmpdir": join(folder, "temp") };
  const options = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const bootstrap = "org.apache.catalina.startup.Bootstrap";
  const words = ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", path, ...options, bootstrap, "start"];
  return spawn(java, words, { stdio: ["ignore", "ignore", "pipe"] });
};
