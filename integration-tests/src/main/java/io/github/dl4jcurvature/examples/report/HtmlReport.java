/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Page of headings, paragraphs, tables and figures in one self-contained file. */
public final class HtmlReport {
    private static final Logger LOG = LoggerFactory.getLogger(HtmlReport.class);

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$s</title>
            <style>
            body { font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; max-width: 68rem; margin: 2.5rem auto;
                   padding: 0 1.5rem; color: #1f2328; background: #fff; }
            h1 { font-size: 1.9rem; line-height: 1.2; margin-bottom: .6rem; }
            h2 { font-size: 1.3rem; margin: 2.6rem 0 .5rem; padding-top: .8rem; border-top: 1px solid #d0d7de; }
            p, li { max-width: 46rem; }
            table { border-collapse: collapse; margin: 1rem 0; font-size: .93rem; font-variant-numeric: tabular-nums; }
            th, td { padding: .35rem .8rem; border-bottom: 1px solid #d0d7de; text-align: right; vertical-align: top; }
            th { background: #f6f8fa; font-weight: 600; }
            th:first-child, td:first-child { text-align: left; }
            table.prose th, table.prose td { text-align: left; }
            table.prose td:nth-child(3) { font-weight: 600; white-space: nowrap; }
            .row { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; margin: 1rem 0; }
            .row img { flex: 1 1 26rem; min-width: 0; max-width: 100%%; height: auto; border: 1px solid #d0d7de; border-radius: 6px; }
            .row img:only-child { flex: none; max-width: min(100%%, 46rem); }
            img { max-width: 100%%; height: auto; }
            code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; background: #f6f8fa; padding: .1em .3em; border-radius: 4px; }
            pre { background: #f6f8fa; padding: .8rem; overflow-x: auto; }
            details { margin: 1rem 0; }
            summary { cursor: pointer; }
            </style>
            </head>
            <body>
            <h1>%1$s</h1>
            """;

    private final StringBuilder page = new StringBuilder();

    /**
     * Starts a page.
     *
     * @param title title and first heading
     */
    public HtmlReport(String title) {
        page.append(HEAD.formatted(escape(title)));
    }

    /**
     * Adds a heading.
     *
     * @param text plain text
     * @return this report
     */
    public HtmlReport heading(String text) {
        return element("h2", escape(text));
    }

    /**
     * Adds a paragraph. Text in backticks is shown as code.
     *
     * @param text plain text
     * @return this report
     */
    public HtmlReport paragraph(String text) {
        return element("p", code(escape(text)));
    }

    /**
     * Adds text whose lines are kept.
     *
     * @param text plain text
     * @return this report
     */
    public HtmlReport verbatim(String text) {
        return element("pre", escape(text));
    }

    /**
     * Adds a list. Text in backticks is shown as code.
     *
     * @param items plain text
     * @return this report
     */
    public HtmlReport items(String... items) {
        StringBuilder list = new StringBuilder();
        for (String item : items) {
            list.append("<li>").append(code(escape(item))).append("</li>\n");
        }
        return element("ul", list.toString());
    }

    private static String code(String text) {
        return text.replaceAll("`([^`]+)`", "<code>$1</code>");
    }

    /**
     * Adds a table of numbers.
     *
     * @param table header and rows
     * @return this report
     */
    public HtmlReport table(TextTable table) {
        return element("table", rows(table));
    }

    /**
     * Adds a table of texts, aligned left, of which the third column stands out.
     *
     * @param table header and rows
     * @return this report
     */
    public HtmlReport summary(TextTable table) {
        page.append("<table class=\"prose\">").append(rows(table)).append("</table>\n");
        return this;
    }

    /**
     * Adds tables that are shown on demand.
     *
     * @param title what they hold
     * @param tables headers and rows
     * @return this report
     */
    public HtmlReport details(String title, List<TextTable> tables) {
        StringBuilder body = new StringBuilder("<summary>%s</summary>\n".formatted(escape(title)));
        tables.forEach(table -> body.append("<table>").append(rows(table)).append("</table>\n"));
        return element("details", body.toString());
    }

    private static String rows(TextTable table) {
        StringBuilder body = new StringBuilder(row("th", table.header()));
        table.rows().forEach(cells -> body.append(row("td", cells)));
        return body.toString();
    }

    private static String row(String tag, List<String> cells) {
        StringBuilder row = new StringBuilder("<tr>");
        cells.forEach(
                cell -> row.append("<%s>".formatted(tag)).append(escape(cell)).append("</%s>".formatted(tag)));
        return row.append("</tr>\n").toString();
    }

    /**
     * Adds a figure; a Java without fonts cannot draw one, then the page says so instead.
     *
     * @param figure curves
     * @return this report
     * @throws IOException if the image cannot be encoded
     */
    public HtmlReport figure(CurveFigure figure) throws IOException {
        return figures(figure);
    }

    /**
     * Adds figures side by side where the window is wide enough.
     *
     * @param figures curves
     * @return this report
     * @throws IOException if an image cannot be encoded
     */
    public HtmlReport figures(CurveFigure... figures) throws IOException {
        StringBuilder images = new StringBuilder();
        for (CurveFigure figure : figures) {
            try {
                images.append(image(figure.title(), figure.png()));
            } catch (LinkageError | InternalError e) {
                LOG.warn("figure '{}' is left out: this Java cannot draw text ({})", figure.title(), e.toString());
                images.append("<p>%s</p>"
                        .formatted(
                                escape("Figure '%s' is missing: this Java has no fonts; install fontconfig and a font."
                                        .formatted(figure.title()))));
            }
        }
        return row(images.toString());
    }

    /**
     * Adds images side by side where the window is wide enough.
     *
     * @param files names of PNG files are their descriptions
     * @return this report
     * @throws IOException if one cannot be read
     */
    public HtmlReport images(List<Path> files) throws IOException {
        StringBuilder images = new StringBuilder();
        for (Path file : files) {
            images.append(image(String.valueOf(file.getFileName()), Files.readAllBytes(file)));
        }
        return row(images.toString());
    }

    private static String image(String text, byte[] png) {
        return "<img alt=\"%s\" src=\"data:image/png;base64,%s\">"
                .formatted(escape(text), Base64.getEncoder().encodeToString(png));
    }

    private HtmlReport row(String images) {
        page.append("<div class=\"row\">").append(images).append("</div>\n");
        return this;
    }

    private HtmlReport element(String tag, String content) {
        page.append('<')
                .append(tag)
                .append('>')
                .append(content)
                .append("</")
                .append(tag)
                .append(">\n");
        return this;
    }

    /**
     * Writes the page; directories are created.
     *
     * @param file target, replaced if present
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.writeString(file, page + "</body>\n</html>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
