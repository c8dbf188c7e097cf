/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.gaussnewton.PythonSteps;
import io.github.dl4jcurvature.examples.gaussnewton.StackMemory;
import io.github.dl4jcurvature.examples.gaussnewton.Workload;
import io.github.dl4jcurvature.examples.gaussnewton.WorkloadRun;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;

/** Seconds of Gauss-Newton steps beside NumPy's, losses beside recorded ones, and memory of reversible stacks. */
public final class GaussNewtonSpeed {
    private static final int FULL = 512;
    private static final int MINI = 256;
    private static final int PYTHON_STEPS = 7;

    private GaussNewtonSpeed() {}

    /**
     * Measures and prints. Needs {@code OMP_NUM_THREADS=1} to compare one thread with one thread.
     *
     * @param arguments directory of the recorded workload
     * @throws IOException if the temporary directory cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("give the directory of the recorded workload, as in -Dexample.args=DIR");
        }
        Path directory = Path.of(arguments[0]);
        Workload workload = new Workload(directory);
        Path scripts = Files.createTempDirectory("gauss-newton");
        try (PythonSteps python = PythonSteps.start(directory, scripts).orElse(null)) {
            WorkloadRun full = workload.fullBatch("digits_fb_gn_lr0.5.csv", 1.0, FULL);
            double pythonFull = python == null ? Double.NaN : python.medianSeconds(FULL, PYTHON_STEPS);
            WorkloadRun mini = workload.miniBatches("digits_mb_gn_lr0.1.csv", 0.2, MINI);
            double pythonMini = python == null ? Double.NaN : python.medianSeconds(MINI, PYTHON_STEPS);
            System.out.println(Machine.description());
            System.out.println(python == null ? "no python3 with NumPy: our seconds only" : python.version());
            TextTable table =
                    new TextTable("batch", "steps", "ours s", "spread", "NumPy s", "speed-up", "loss deviation");
            row(table, FULL, full, pythonFull);
            row(table, MINI, mini, pythonMini);
            System.out.println(table);
            long five = StackMemory.bytes(5, true);
            long fifty = StackMemory.bytes(50, true);
            System.out.printf(
                    "workspaces: stacks of 5 and 50 blocks %d and %d bytes, 50 layers %d bytes%n",
                    five, fifty, StackMemory.bytes(50, false));
            Figures figures = new Figures();
            figures.put("step.seconds.minibatch", mini.medianSeconds());
            figures.put("python.seconds.minibatch", pythonMini);
            figures.put("step.seconds", full.medianSeconds());
            figures.put("python.seconds", pythonFull);
            figures.put("loss.deviation", Math.max(full.deviation(), mini.deviation()));
            figures.put("stack.memory.ratio", fifty / (double) five);
            System.out.println(figures);
        } finally {
            delete(scripts);
        }
    }

    private static void row(TextTable table, int batch, WorkloadRun run, double python) {
        table.row(List.of(
                        Integer.toString(batch),
                        Integer.toString(run.steps()),
                        "%.4f".formatted(run.medianSeconds()),
                        run.spread(),
                        "%.4f".formatted(python),
                        "%.1f".formatted(python / run.medianSeconds()),
                        "%.1e".formatted(run.deviation()))
                .toArray(String[]::new));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
