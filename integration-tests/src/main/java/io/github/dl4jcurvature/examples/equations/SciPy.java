/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import io.github.dl4jcurvature.equations.Equation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** SciPy in a process of its own with one BLAS thread, asked to solve what has been written to a directory. */
public final class SciPy implements AutoCloseable {
    private final Process process;
    private final PrintWriter requests;
    private final BufferedReader answers;
    private final String version;

    private SciPy(Process process) throws IOException {
        this.process = process;
        requests = new PrintWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
        answers = process.inputReader(StandardCharsets.UTF_8);
        String greeting = answers.readLine();
        if (greeting == null) {
            throw new IOException("python3 has no SciPy");
        }
        version = greeting;
    }

    /**
     * Starts SciPy.
     *
     * @param directory where systems and the script are written to
     * @return nothing if there is no python3 with SciPy
     */
    public static Optional<SciPy> start(Path directory) {
        try (InputStream script = SciPy.class.getResourceAsStream("solve.py")) {
            Path file = directory.resolve("solve.py");
            if (script == null) {
                throw new IllegalStateException("the script solve.py is missing from the class path");
            }
            Files.copy(script, file);
            ProcessBuilder builder = new ProcessBuilder("python3", file.toString(), directory.toString());
            builder.environment().put("OPENBLAS_NUM_THREADS", "1");
            builder.environment().put("OMP_NUM_THREADS", "1");
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            return Optional.of(new SciPy(builder.start()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** CPU seconds of one solution, which is then in the file {@code X}. */
    double seconds(Equation equation, int n) {
        requests.println(equation.name() + " " + n);
        try {
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("SciPy stopped while solving %s of order %d".formatted(equation, n));
            }
            return Double.parseDouble(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The solution of the last request. */
    static INDArray solution(Path directory, int n) {
        try {
            double[] elements = new double[n * n];
            ByteBuffer.wrap(Files.readAllBytes(directory.resolve("X")))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asDoubleBuffer()
                    .get(elements);
            return Nd4j.createFromArray(elements).reshape('c', n, n);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What answers.
     *
     * @return versions of SciPy, NumPy and Python
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
