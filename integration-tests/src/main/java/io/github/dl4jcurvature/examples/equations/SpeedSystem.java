/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A random system of a given order: A with eigenvalues in a disc of radius 1, shifted where stability is needed. */
public final class SpeedSystem {
    private final Equation equation;
    private final Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);

    /**
     * Draws a system.
     *
     * @param equation Sylvester, Lyapunov, discrete Lyapunov, or a Riccati equation with a tenth as many inputs as states
     * @param n order
     */
    public SpeedSystem(Equation equation, int n) {
        this.equation = equation;
        SplittableRandom random = new SplittableRandom(n);
        double scale = 1 / Math.sqrt(n);
        INDArray a = GaussianMatrix.of(n, n, scale, random);
        switch (equation) {
            case SYLVESTER, STEIN -> {
                arguments.put(Argument.A, shifted(a));
                arguments.put(Argument.B, shifted(GaussianMatrix.of(n, n, scale, random)));
                arguments.put(Argument.C, GaussianMatrix.of(n, n, 1, random));
            }
            case LYAPUNOV -> {
                arguments.put(Argument.A, shifted(a));
                arguments.put(Argument.Q, covariance(n, random));
            }
            case DISCRETE_LYAPUNOV -> {
                arguments.put(Argument.A, a.mul(0.8));
                arguments.put(Argument.Q, covariance(n, random));
            }
            case CARE, DARE -> {
                int m = Math.max(1, n / 10);
                arguments.put(Argument.A, a);
                arguments.put(Argument.B, GaussianMatrix.of(n, m, 1, random));
                arguments.put(Argument.Q, covariance(n, random));
                double[][] r = new double[m][m];
                for (int i = 0; i < m; i++) {
                    r[i][i] = 1;
                }
                arguments.put(Argument.R, Nd4j.createFromArray(r));
            }
        }
    }

    /**
     * The arguments.
     *
     * @return by name
     */
    public Map<Argument, INDArray> arguments() {
        return arguments;
    }

    /** Writes each argument as raw doubles in row-major order, named like the argument. */
    void write(Path directory) {
        arguments.forEach((argument, value) -> write(directory.resolve(argument.name()), value));
    }

    Equation equation() {
        return equation;
    }

    private static void write(Path file, INDArray matrix) {
        double[] elements = matrix.dup('c').data().asDouble();
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * elements.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(elements);
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static INDArray shifted(INDArray a) {
        for (int i = 0; i < a.rows(); i++) {
            a.putScalar(i, i, a.getDouble(i, i) - 1.5);
        }
        return a;
    }

    private static INDArray covariance(int n, SplittableRandom random) {
        INDArray c = GaussianMatrix.of(n, n, 1 / Math.sqrt(n), random);
        INDArray q = c.mmul(c.transpose());
        return q.add(q.transpose()).muli(0.5);
    }
}
