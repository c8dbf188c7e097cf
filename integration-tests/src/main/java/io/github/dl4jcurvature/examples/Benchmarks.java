/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.examples.report.Progress;
import io.github.dl4jcurvature.examples.rerun.Benchmark;
import io.github.dl4jcurvature.examples.rerun.WorkingTree;

/** Measures all ratios that the documents name, each in a virtual machine of its own, and rewrites the blocks that hold them. */
public final class Benchmarks {
    private static final String DIRTY = "--dirty";
    private static final String DOCS = "--docs=";

    private Benchmarks() {}

    /**
     * Runs benchmarks.
     *
     * @param arguments {@code NAME} or {@code NAME=ARGUMENT,ARGUMENT} for each that is wanted, all without arguments if none is
     *     named; {@code --dirty} to run local changes, which the record then says; {@code --docs=DIR} for a copy of the documents
     * @throws IOException if a benchmark fails or a page cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        List<String> words = Arrays.asList(arguments);
        Path docs = docs(words);
        WorkingTree tree = WorkingTree.of(Path.of("."));
        if (tree.changed() && !words.contains(DIRTY)) {
            throw new IllegalStateException(
                    "the working tree differs from commit %s, so that a record could not be rerun; commit, or pass %s to have it marked"
                            .formatted(tree.commit(), DIRTY));
        }
        Map<Benchmark, List<String>> wanted = wanted(words);
        Progress progress = new Progress(System.out, wanted.size());
        for (Map.Entry<Benchmark, List<String>> entry : wanted.entrySet()) {
            Benchmark benchmark = entry.getKey();
            progress.begin(benchmark.name());
            if (!benchmark.data().isEmpty() && entry.getValue().isEmpty()) {
                progress.done("left out: give %s=ARGUMENT, the %s".formatted(benchmark.name(), benchmark.data()), 1);
                continue;
            }
            benchmark.run(docs, tree, entry.getValue());
            progress.done("rewrote " + docs.resolve(benchmark.page()), 1);
        }
    }

    private static Path docs(List<String> words) {
        Path docs = words.stream()
                .filter(word -> word.startsWith(DOCS))
                .map(word -> Path.of(word.substring(DOCS.length())))
                .findFirst()
                .orElse(Path.of(Files.isDirectory(Path.of("docs")) ? "docs" : "../docs"));
        if (!Files.isDirectory(docs.resolve("results"))) {
            throw new IllegalArgumentException(
                    "%s has no directory 'results'; start in the project, or name the documents with %sDIR"
                            .formatted(docs.toAbsolutePath(), DOCS));
        }
        return docs;
    }

    private static Map<Benchmark, List<String>> wanted(List<String> words) {
        Map<Benchmark, List<String>> wanted = new LinkedHashMap<>();
        for (String word : words) {
            if (!word.startsWith("--")) {
                String[] parts = word.split("=", 2);
                wanted.put(Benchmark.of(parts[0]), parts.length < 2 ? List.of() : List.of(parts[1].split(",", -1)));
            }
        }
        if (wanted.isEmpty()) {
            Benchmark.ALL.forEach(benchmark -> wanted.put(benchmark, List.of()));
        }
        return wanted;
    }
}
