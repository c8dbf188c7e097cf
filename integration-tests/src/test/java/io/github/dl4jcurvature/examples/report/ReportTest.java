/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.report;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReportTest {
    private static final Pattern IMAGE = Pattern.compile("src=\"data:image/png;base64,([^\"]+)\"");

    @TempDir
    Path directory;

    @Test
    void pageHoldsTextTablesAndFiguresInOneFile() throws IOException {
        Path page = directory.resolve("new/index.html");

        new HtmlReport("a < b")
                .heading("losses & times")
                .paragraph("first \"paragraph\"")
                .verbatim("x = 1")
                .table(new TextTable("name", "value").row("adam", "<1>"))
                .figure(new CurveFigure("curve", "steps", "nats")
                        .add("adam", new double[] {0, 1, 2}, new double[] {3, 2, 1}, new double[] {3, 1, 0})
                        .range(0, 4))
                .write(page);

        String html = Files.readString(page);
        assertThat(html)
                .startsWith("<!DOCTYPE html>")
                .contains("<title>a &lt; b</title>", "<h2>losses &amp; times</h2>")
                .contains("<p>first &quot;paragraph&quot;</p>", "<pre>x = 1</pre>")
                .contains("<tr><th>name</th><th>value</th></tr>", "<tr><td>adam</td><td>&lt;1&gt;</td></tr>")
                .endsWith("</html>\n");
        Matcher image = IMAGE.matcher(html);
        assertThat(image.find()).isTrue();
        assertThat(ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(image.group(1))))
                        .getWidth())
                .isEqualTo(860);
    }

    @Test
    void backticksListsAndDetailsAreMarkedUp() throws IOException {
        Path page = directory.resolve("index.html");

        new HtmlReport("title")
                .items("run `a < b`", "second")
                .summary(new TextTable("method", "value").row("x", "1"))
                .details("more", List.of(new TextTable("n").row("2")))
                .write(page);

        assertThat(Files.readString(page))
                .contains("<li>run <code>a &lt; b</code></li>", "<li>second</li>")
                .contains("<table class=\"prose\"><tr><th>method</th>")
                .contains("<details><summary>more</summary>");
    }

    @Test
    void progressShowsPercentageAndSeconds() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        double[] clock = {0};
        Progress progress = new Progress(new PrintStream(bytes, true, UTF_8), 8, () -> clock[0]);

        progress.begin("1 of 2, a");
        clock[0] = 12.4;
        progress.done("half", 4);
        progress.done("more than all", 5);

        assertThat(bytes.toString(UTF_8).lines())
                .containsExactly(
                        "  0 %     0 s  1 of 2, a: starts",
                        " 50 %    12 s  1 of 2, a: half", "100 %    12 s  1 of 2, a: more than all");
    }

    @Test
    void tableAlignsItsColumns() {
        assertThat(new TextTable("name", "value").row("a", "1.5").row("longer", "-12.25"))
                .hasToString(String.join(
                        System.lineSeparator(),
                        "name     value",
                        "--------------",
                        "a          1.5",
                        "longer  -12.25"));
        assertThatThrownBy(() -> new TextTable("name").row("a", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have 1 cells")
                .hasMessageContaining("has 2");
    }

    @Test
    void figuresAreReadableByMachinesInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(new Figures().put("fishleg.test", 12345.67891).put("adam.state", 7L))
                    .hasToString("fishleg.test = 12345.6789" + System.lineSeparator() + "adam.state = 7");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aFigureIsNamedOnce() {
        Figures figures = new Figures().put("adam.test", 1);

        assertThatThrownBy(() -> figures.put("adam.test", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("adam.test was given before");
    }
}
