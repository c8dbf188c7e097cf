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
            <title>%1$s</title>
            <style>
            body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; margin: 1em 0; }
            th, td { padding: .25em .8em; border-bottom: 1px solid #ccc; text-align: right; }
            th:first-child, td:first-child { text-align: left; }
            img { max-width: 100%%; height: auto; }
            pre { background: #f4f4f4; padding: .8em; }
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
     * Adds a paragraph.
     *
     * @param text plain text
     * @return this report
     */
    public HtmlReport paragraph(String text) {
        return element("p", escape(text));
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
     * Adds a table.
     *
     * @param table header and rows
     * @return this report
     */
    public HtmlReport table(TextTable table) {
        StringBuilder body = new StringBuilder(row("th", table.header()));
        table.rows().forEach(cells -> body.append(row("td", cells)));
        return element("table", body.toString());
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
        try {
            String image = Base64.getEncoder().encodeToString(figure.png());
            return element(
                    "p", "<img alt=\"%s\" src=\"data:image/png;base64,%s\">".formatted(escape(figure.title()), image));
        } catch (LinkageError | InternalError e) {
            LOG.warn("figure '{}' is left out: this Java cannot draw text ({})", figure.title(), e.toString());
            return paragraph("Figure '%s' is missing: this Java has no fonts; install fontconfig and a font."
                    .formatted(figure.title()));
        }
    }

    /**
     * Adds an image.
     *
     * @param text what it shows
     * @param png file
     * @return this report
     * @throws IOException if it cannot be read
     */
    public HtmlReport image(String text, Path png) throws IOException {
        String image = Base64.getEncoder().encodeToString(Files.readAllBytes(png));
        return element("p", "<img alt=\"%s\" src=\"data:image/png;base64,%s\">".formatted(escape(text), image));
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
