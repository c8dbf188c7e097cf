/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The same algorithm in NumPy, in a process of its own with one BLAS thread. */
public final class PythonSteps implements AutoCloseable {
    private final Process process;
    private final PrintWriter requests;
    private final BufferedReader answers;
    private final String version;

    private PythonSteps(Process process) throws IOException {
        this.process = process;
        requests = new PrintWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
        answers = process.inputReader(StandardCharsets.UTF_8);
        String greeting = answers.readLine();
        if (greeting == null) {
            throw new IOException("python3 has no NumPy");
        }
        version = greeting;
    }

    /**
     * Starts Python.
     *
     * @param workload directory of the recorded workload
     * @param scripts directory to write the scripts to
     * @return nothing if there is no python3 with NumPy
     */
    public static Optional<PythonSteps> start(Path workload, Path scripts) {
        try {
            for (String name : List.of("revgn.py", "steps.py")) {
                try (InputStream script = PythonSteps.class.getResourceAsStream(name)) {
                    if (script == null) {
                        throw new IllegalStateException("the script %s is missing from the class path".formatted(name));
                    }
                    Files.copy(script, scripts.resolve(name));
                }
            }
            ProcessBuilder builder = new ProcessBuilder(
                    "python3",
                    scripts.resolve("steps.py").toString(),
                    workload.toAbsolutePath().toString(),
                    scripts.toString());
            builder.environment().put("OPENBLAS_NUM_THREADS", "1");
            builder.environment().put("OMP_NUM_THREADS", "1");
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            return Optional.of(new PythonSteps(builder.start()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Seconds of a step.
     *
     * @param examples in the batch
     * @param steps how many to take
     * @return the median
     * @throws IOException if Python stops
     */
    public double medianSeconds(int examples, int steps) throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            requests.println(examples);
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("python3 stopped during a step of %d examples".formatted(examples));
            }
            seconds.add(Double.parseDouble(answer));
        }
        return Median.of(seconds);
    }

    /**
     * What answers.
     *
     * @return versions of NumPy and Python
     */
    public String version() {
        return version;
    }

    @Override
    public void close() {
        requests.close();
        process.destroy();
    }
}
