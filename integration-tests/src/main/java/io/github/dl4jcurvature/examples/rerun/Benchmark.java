/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.rerun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

import io.github.dl4jcurvature.examples.experiment.Machine;

/**
 * An example whose output is a block of a page.
 *
 * @param name of the class in {@code io.github.dl4jcurvature.examples}
 * @param page below {@code docs}
 * @param data what its first argument must be; empty if it needs none
 */
public record Benchmark(String name, String page, String data) {
    /** All of them, in the order in which they run. */
    public static final List<Benchmark> ALL = List.of(
            new Benchmark("FishLegSpeed", "results/fishleg.md", ""),
            new Benchmark("MatrixEquationSpeed", "results/matrix-equations.md", ""),
            new Benchmark("GaussNewtonSpeed", "results/gauss-newton.md", "directory of the recorded workload"),
            new Benchmark("ReversibleStackMemory", "results/gauss-newton.md", ""),
            new Benchmark("NclSpeed", "results/ncl.md", ""),
            new Benchmark("GplvmSpeed", "results/gplvm.md", ""),
            new Benchmark("ScalingPoints", "scaling.md", ""));

    /**
     * The one of a name.
     *
     * @param name of the class
     * @return the benchmark
     * @throws IllegalArgumentException if there is none
     */
    public static Benchmark of(String name) {
        return ALL.stream()
                .filter(benchmark -> benchmark.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("benchmark '%s' is unknown; choose among %s"
                        .formatted(name, ALL.stream().map(Benchmark::name).toList())));
    }

    /**
     * Runs it and rewrites its block.
     *
     * @param docs directory of the documents
     * @param tree commit that is run
     * @param arguments of the example
     * @throws IOException if it fails or the page cannot be written
     */
    public void run(Path docs, WorkingTree tree, List<String> arguments) throws IOException {
        write(docs, tree, arguments, ExampleProcess.run("io.github.dl4jcurvature.examples." + name, arguments));
    }

    void write(Path docs, WorkingTree tree, List<String> arguments, String output) throws IOException {
        Path file = docs.resolve(page);
        String text = Files.readString(file);
        Files.writeString(file, new MarkedBlock(name).replacedIn(text, record(tree, arguments, output)));
    }

    private String record(WorkingTree tree, List<String> arguments, String output) {
        return """
                | | |
                |---|---|
                | command | `%s` |
                | commit | %s |
                | date | %s |
                | hardware | %s |

                ```
                %s
                ```
                """.formatted(command(arguments), tree, LocalDate.now(ZoneOffset.UTC), Machine.hardware(), output);
    }

    private String command(List<String> arguments) {
        String command = "mvn -q -Pexample -Dexample=" + name;
        if (arguments.isEmpty()) {
            return command;
        }
        List<String> shown = data.isEmpty()
                ? arguments
                : arguments.stream().map(each -> "DIR").toList();
        return "%s -Dexample.args=\"%s\"".formatted(command, String.join(" ", shown));
    }
}
