/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.github.dl4jcurvature.examples.experiment.Median;
import io.github.dl4jcurvature.examples.experiment.PythonScript;

/** The same algorithm in NumPy. */
public final class PythonSteps implements AutoCloseable {
    private final PythonScript script;

    private PythonSteps(PythonScript script) {
        this.script = script;
    }

    /**
     * Starts Python.
     *
     * @param workload directory of the recorded workload
     * @param scripts directory to write the scripts to
     * @return nothing if there is no python3 with NumPy
     */
    public static Optional<PythonSteps> start(Path workload, Path scripts) {
        return PythonScript.start(
                        PythonSteps.class,
                        scripts,
                        List.of("revgn.py", "steps.py"),
                        workload.toAbsolutePath().toString(),
                        scripts.toString())
                .map(PythonSteps::new);
    }

    /**
     * Seconds of a step.
     *
     * @param examples in the batch
     * @param steps how many to take
     * @return the median
     */
    public double medianSeconds(int examples, int steps) {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            seconds.add(script.ask(Integer.toString(examples)));
        }
        return Median.of(seconds);
    }

    /**
     * What answers.
     *
     * @return versions of NumPy and Python
     */
    public String version() {
        return script.greeting();
    }

    @Override
    public void close() {
        script.close();
    }
}
