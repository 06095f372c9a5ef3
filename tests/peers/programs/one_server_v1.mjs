// One small server on the TypeScript SDK 1.x: node one_server_v1.mjs WAY PORT. It runs in a folder of its own.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

const [way, port] = process.argv.slice(2);

function made() {
  const server = new McpServer({ name: "stack", version: "1.0.0" });
  server.registerTool(
    "add",
    { description: "Add two numbers.", inputSchema: { a: z.number(), b: z.number() } },
    async ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] }),
  );
  server.registerTool("fail", { description: "Fail on purpose.", inputSchema: {} }, async () => {
    throw new Error("the pump is dry");
  });
  return server;
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : undefined;
}

const sessions = new Map();

async function stateful(request, response) {
  const message = request.method === "POST" ? await body(request) : undefined;
  const known = sessions.get(request.headers["mcp-session-id"]);
  if (known) return known.handleRequest(request, response, message);
  if (message?.method !== "initialize") {
    const status = request.headers["mcp-session-id"] ? 404 : 400;
    const error = { code: -32000, message: "Bad Request: No valid session ID provided" };
    response.writeHead(status, { "content-type": "application/json" });
    return response.end(JSON.stringify({ jsonrpc: "2.0", error, id: null }));
  }
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => sessions.set(id, transport),
  });
  await made().connect(transport);
  return transport.handleRequest(request, response, message);
}

async function stateless(request, response) {
  if (request.method !== "POST") return response.writeHead(405).end();
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: undefined,
    enableJsonResponse: way === "json",
  });
  await made().connect(transport);
  return transport.handleRequest(request, response, await body(request));
}

if (way === "stdio") await made().connect(new StdioServerTransport());
else createServer(way === "stateful" ? stateful : stateless).listen(Number(port), "127.0.0.1");
