/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Python script in a process of its own with one BLAS thread, which greets with a line and answers each line with one. */
public final class PythonScript implements AutoCloseable {
    private final Process process;
    private final PrintWriter requests;
    private final BufferedReader answers;
    private final String greeting;

    private PythonScript(Process process) throws IOException {
        this.process = process;
        requests = new PrintWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
        answers = process.inputReader(StandardCharsets.UTF_8);
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("python3 cannot run the script; a library may be missing");
        }
        greeting = line;
    }

    /**
     * Copies scripts from the class path and starts the last one.
     *
     * @param owner class beside which the scripts lie
     * @param directory where the scripts are copied to
     * @param scripts file names, the last of which is run
     * @param arguments of the script
     * @return nothing if there is no python3 with the libraries that the script needs
     */
    public static Optional<PythonScript> start(
            Class<?> owner, Path directory, List<String> scripts, String... arguments) {
        try {
            for (String name : scripts) {
                try (InputStream script = owner.getResourceAsStream(name)) {
                    if (script == null) {
                        throw new IllegalStateException("the script %s is missing from the class path".formatted(name));
                    }
                    Files.copy(script, directory.resolve(name));
                }
            }
            List<String> command = new ArrayList<>(List.of(
                    "python3",
                    directory.resolve(scripts.get(scripts.size() - 1)).toString()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("OPENBLAS_NUM_THREADS", "1");
            builder.environment().put("OMP_NUM_THREADS", "1");
            builder.environment().remove("OPENBLAS_CORETYPE"); // chosen for our OpenBLAS, not for NumPy's
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            return Optional.of(new PythonScript(builder.start()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Sends a line.
     *
     * @param request the line
     * @return the number that is answered
     * @throws IllegalStateException if the script has stopped
     */
    public double ask(String request) {
        requests.println(request);
        try {
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("python3 stopped while answering '%s'".formatted(request));
            }
            return Double.parseDouble(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The first line.
     *
     * @return what the script says of itself
     */
    public String greeting() {
        return greeting;
    }

    @Override
    public void close() {
        requests.close();
        process.destroy();
    }
}
