/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import io.github.dl4jcurvature.examples.continual.ContinualStudy;
import io.github.dl4jcurvature.examples.continual.ImageBenchmark;
import io.github.dl4jcurvature.examples.continual.ImageBenchmark.Budget;
import io.github.dl4jcurvature.examples.continual.ImageBenchmark.Kind;
import io.github.dl4jcurvature.examples.experiment.Machine;

/** Split and permuted MNIST with all learners, settings chosen by the protocol. */
public final class ContinualMnist {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
    private static final int THREADS = 2;

    private ContinualMnist() {}

    /**
     * Runs the study and prints its tables.
     *
     * @param arguments the directory of the MNIST test files, and if not all are wanted, names of kinds of tasks; {@code short} for half
     *     of the iterations and fewer rates
     * @throws IllegalArgumentException if the directory is not given
     */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            throw new IllegalArgumentException(
                    "the directory of the MNIST test files is missing; pass it: -Dexample.args=DIRECTORY");
        }
        List<String> words = Arrays.asList(arguments).subList(1, arguments.length);
        Budget budget = words.contains("short") ? Budget.SHORT : Budget.FULL;
        List<String> wanted =
                words.stream().filter(word -> !word.equals("short")).toList();
        System.out.println(Machine.description());
        for (Kind kind : List.of(Kind.SPLIT_TASK, Kind.SPLIT_DOMAIN, Kind.PERMUTED)) {
            if (wanted.isEmpty() || wanted.contains(kind.name())) {
                ImageBenchmark benchmark = ImageBenchmark.mnist(kind, budget, Path.of(arguments[0]));
                new ContinualStudy(benchmark, THREADS).compare(kind.learners(), SEEDS, kind.key());
            }
        }
    }
}
