/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Arrays;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Derivatives by central differences of fourth order,
 * \[ f'(x)[d] \approx \frac{8 (f(x + h d) - f(x - h d)) - (f(x + 2 h d) - f(x - 2 h d))}{12 h}. \]
 *
 * <p>The truncation error is \(h^4 f^{(5)} / 30\) and the rounding error about \(1.5 \epsilon |f| / h\). The default step
 * moves the largest entry by {@value #RELATIVE_STEP} times \(\max(1, \|x\|_\infty)\), near \(\epsilon^{1/5}\), so that a
 * smooth function of size 1 is differentiated to about 1e-12. Functions must be smooth within two steps and receive
 * fresh {@code DOUBLE} arrays; no argument is modified.
 */
public final class FiniteDifferences {
    /** Displacement of the largest entry relative to the point. */
    public static final double RELATIVE_STEP = 1e-3;

    private FiniteDifferences() {}

    /**
     * Directional derivative \(f'(x)[d]\) with the default step.
     *
     * @param function scalar function
     * @param point x
     * @param direction d, shape of x
     * @return derivative
     */
    public static double directionalDerivative(
            ToDoubleFunction<INDArray> function, INDArray point, INDArray direction) {
        return directionalDerivative(function, point, direction, step(point, direction));
    }

    /**
     * Directional derivative \(f'(x)[d]\).
     *
     * @param function scalar function
     * @param point x
     * @param direction d, shape of x
     * @param step h, positive
     * @return derivative
     */
    public static double directionalDerivative(
            ToDoubleFunction<INDArray> function, INDArray point, INDArray direction, double step) {
        Function<INDArray, INDArray> lifted = x -> Nd4j.scalar(DataType.DOUBLE, function.applyAsDouble(x));
        return differential(lifted, point, direction, step).getDouble(0);
    }

    /**
     * Gradient of a scalar function; every entry takes four evaluations.
     *
     * @param function scalar function
     * @param point x
     * @return gradient, {@code DOUBLE}, shape of x
     */
    public static INDArray gradient(ToDoubleFunction<INDArray> function, INDArray point) {
        INDArray gradient = Nd4j.create(DataType.DOUBLE, point.shape(), 'c');
        for (long i = 0; i < point.length(); i++) {
            gradient.data().put(i, directionalDerivative(function, point, unit(point, i)));
        }
        return gradient;
    }

    /**
     * Differential \(f'(x)[d]\) of an array-valued function with the default step.
     *
     * @param function function whose result keeps its shape
     * @param point x
     * @param direction d, shape of x
     * @return derivative, shape of the function's result
     */
    public static INDArray differential(Function<INDArray, INDArray> function, INDArray point, INDArray direction) {
        return differential(function, point, direction, step(point, direction));
    }

    /**
     * Jacobian of an array-valued function; every column takes four evaluations.
     *
     * @param function function of n entries with a result of m entries
     * @param point x, n entries
     * @return Jacobian [m, n], {@code DOUBLE}, both sides flattened in 'c' order
     */
    public static INDArray jacobian(Function<INDArray, INDArray> function, INDArray point) {
        INDArray[] columns = new INDArray[Math.toIntExact(point.length())];
        for (int i = 0; i < columns.length; i++) {
            INDArray column = differential(function, point, unit(point, i));
            columns[i] = column.reshape('c', column.length(), 1); // [m, 1]
        }
        return Nd4j.hstack(columns);
    }

    private static INDArray differential(
            Function<INDArray, INDArray> function, INDArray point, INDArray direction, double step) {
        if (!(step > 0 && step < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("step must be finite and positive but is %s".formatted(step));
        }
        INDArray x = point.castTo(DataType.DOUBLE);
        INDArray d = direction.castTo(DataType.DOUBLE);
        INDArray near = secant(function, x, d.mul(step)).muli(8);
        INDArray far = secant(function, x, d.mul(2 * step));
        return near.subi(far).divi(12 * step);
    }

    /** f(x + shift) - f(x - shift), safe for a function that returns the same buffer twice. */
    private static INDArray secant(Function<INDArray, INDArray> function, INDArray x, INDArray shift) {
        INDArray forward = function.apply(x.add(shift)).dup().castTo(DataType.DOUBLE);
        return forward.sub(function.apply(x.sub(shift)).castTo(DataType.DOUBLE));
    }

    private static double step(INDArray point, INDArray direction) {
        double length = largest(direction);
        if (!(length > 0)) {
            throw new IllegalArgumentException(
                    "direction must have a non-zero entry and no NaN but its largest is %s".formatted(length));
        }
        return RELATIVE_STEP * Math.max(1, largest(point)) / length;
    }

    private static double largest(INDArray array) {
        return Arrays.stream(Entries.of(array)).map(Math::abs).max().orElse(0);
    }

    /** Unit array along the i-th entry in 'c' order. */
    private static INDArray unit(INDArray point, long i) {
        INDArray unit = Nd4j.create(DataType.DOUBLE, point.shape(), 'c');
        unit.data().put(i, 1.0);
        return unit;
    }
}
