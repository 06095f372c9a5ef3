// One small server on the TypeScript SDK 2.x: node one_server_v2.mjs WAY PORT. It runs in a folder of its own.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { NodeStreamableHTTPServerTransport, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const [way, port] = process.argv.slice(2);

function made() {
  const server = new McpServer({ name: "stack", version: "1.0.0" });
  server.registerTool(
    "add",
    { description: "Add two numbers.", inputSchema: z.object({ a: z.number(), b: z.number() }) },
    async ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] }),
  );
  server.registerTool("fail", { description: "Fail on purpose.", inputSchema: z.object({}) }, async () => {
    throw new Error("the pump is dry");
  });
  return server;
}

const sessions = new Map();

async function stateful(request, response) {
  const id = request.headers["mcp-session-id"];
  const known = sessions.get(id);
  if (known) return known.handleRequest(request, response);
  if (id) return response.writeHead(404).end();
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (given) => sessions.set(given, transport),
  });
  await made().connect(transport);
  return transport.handleRequest(request, response);
}

if (way === "stdio") await made().connect(new StdioServerTransport());
else if (way === "stateful") createServer(stateful).listen(Number(port), "127.0.0.1");
else createServer(toNodeHandler(createMcpHandler(made))).listen(Number(port), "127.0.0.1");
