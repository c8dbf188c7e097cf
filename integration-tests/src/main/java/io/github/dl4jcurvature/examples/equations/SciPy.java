/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.examples.experiment.PythonScript;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** SciPy in a process of its own with one BLAS thread, asked to solve what has been written to a directory. */
public final class SciPy implements AutoCloseable {
    private final PythonScript script;

    private SciPy(PythonScript script) {
        this.script = script;
    }

    /**
     * Starts SciPy.
     *
     * @param directory where systems and the script are written to
     * @return nothing if there is no python3 with SciPy
     */
    public static Optional<SciPy> start(Path directory) {
        return PythonScript.start(SciPy.class, directory, List.of("solve.py"), directory.toString())
                .map(SciPy::new);
    }

    /** CPU seconds of one solution, which is then in the file {@code X}. */
    double seconds(Equation equation, int n) {
        return script.ask(equation.name() + " " + n);
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
        return script.greeting();
    }

    @Override
    public void close() {
        script.close();
    }
}
