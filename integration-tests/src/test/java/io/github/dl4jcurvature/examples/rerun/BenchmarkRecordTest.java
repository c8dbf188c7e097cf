/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.rerun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BenchmarkRecordTest {
    private static final MarkedBlock BLOCK = new MarkedBlock("Speed");
    private static final String PAGE = """
            # Results

            <!-- benchmark:Speed -->
            old
            <!-- /benchmark:Speed -->

            <!-- benchmark:SpeedOfLight -->
            299792458
            <!-- /benchmark:SpeedOfLight -->
            """;

    @TempDir
    Path docs;

    @Test
    void onlyTheBlockOfTheNameIsReplaced() {
        String page = BLOCK.replacedIn(PAGE, "new $1\n");

        assertThat(page).isEqualTo(PAGE.replace("old", "new $1"));
        assertThat(BLOCK.replacedIn(page, "old")).isEqualTo(PAGE);
    }

    @Test
    void aPageWithoutTheBlockGetsItAtItsEnd() {
        String page = BLOCK.replacedIn("# Results\n", "new");

        assertThat(page).startsWith("# Results\n\n## Latest run of `Speed`\n\n<!-- benchmark:Speed -->\nnew\n");
        assertThat(BLOCK.replacedIn(page, "newer")).isEqualTo(page.replace("\nnew\n", "\nnewer\n"));
    }

    @Test
    void brokenMarksAreRefused() {
        assertThatThrownBy(() -> BLOCK.replacedIn("<!-- benchmark:Speed -->\n", "new"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("block Speed must have one opening");
        assertThatThrownBy(() -> BLOCK.replacedIn("<!-- /benchmark:Speed -->\n<!-- benchmark:Speed -->", "new"))
                .hasMessageContaining("behind it, one closing mark");
        assertThatThrownBy(() -> BLOCK.replacedIn(PAGE + PAGE, "new")).hasMessageContaining("more than once");
    }

    /** Stands for an example. */
    static final class Echo {
        private Echo() {}

        public static void main(String[] arguments) {
            if (arguments.length == 0) {
                System.exit(3);
            }
            System.out.printf(
                    Locale.ROOT, "threads = %s%nfirst = %s%n", System.getenv("OMP_NUM_THREADS"), arguments[0]);
        }
    }

    @Test
    void aRecordHoldsCommandCommitDateAndOutput() throws IOException {
        Path page = docs.resolve("page.md");
        Files.writeString(page, PAGE);
        Benchmark benchmark = new Benchmark("Speed", "page.md", "");

        benchmark.write(
                docs,
                new WorkingTree("abc1234", true),
                List.of("7"),
                ExampleProcess.run(Echo.class.getName(), List.of("7")));

        assertThat(Files.readString(page))
                .contains("| command | `mvn -q -Pexample -Dexample=Speed -Dexample.args=\"7\"` |")
                .contains("| commit | abc1234 **with local changes** |")
                .contains("| date | %s |".formatted(LocalDate.now(ZoneOffset.UTC)))
                .contains("processors, one BLAS thread;")
                .contains("```\nthreads = 1\nfirst = 7\n```\n<!-- /benchmark:Speed -->")
                .contains("299792458")
                .doesNotContain("old");
    }

    @Test
    void whatFailsLeavesThePage() throws IOException {
        Path page = docs.resolve("page.md");
        Files.writeString(page, PAGE);

        assertThatThrownBy(() -> ExampleProcess.run(Echo.class.getName(), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ended with code 3");
        assertThat(Files.readString(page)).isEqualTo(PAGE);
    }

    @Test
    void everyBenchmarkIsAClassAndHasAPage() {
        for (Benchmark benchmark : Benchmark.ALL) {
            assertThat(Path.of("../docs").resolve(benchmark.page())).isRegularFile();
            assertThat(getClass().getResource("/io/github/dl4jcurvature/examples/%s.class".formatted(benchmark.name())))
                    .isNotNull();
        }
        assertThatThrownBy(() -> Benchmark.of("Speeed")).hasMessageContaining("benchmark 'Speeed' is unknown");
    }
}
