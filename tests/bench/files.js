// In place of the asset server: one page, at once. The real one costs more than everything that is measured.
const PAGE = `<!doctype html><title>A page</title>\n${"<p>Some text of a page.</p>\n".repeat(64)}</html>\n`;

export default {
  fetch() {
    const headers = {
      "cache-control": "public, max-age=0, must-revalidate",
      "content-type": "text/html; charset=utf-8",
      etag: '"9f86d081884c7d65"',
    };
    return new Response(PAGE, { headers });
  },
};
