/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The arguments of an equation, checked, in double precision, and taken apart into the equations of a batch. */
final class ArgumentBatch {
    private final Equation equation;
    private final Map<Argument, long[]> shapes = new EnumMap<>(Argument.class);
    private final Map<Argument, DataType> types = new EnumMap<>(Argument.class);
    private final Map<Argument, Slices> slices = new EnumMap<>(Argument.class);
    /** Negative if no argument has rank 3. */
    private final long batch;

    private ArgumentBatch(Equation equation, Map<Argument, INDArray> arguments, List<Option> options) {
        this.equation = equation;
        arguments.forEach((argument, array) -> {
            shapes.put(argument, array.shape());
            types.put(argument, array.dataType());
        });
        ArgumentShapes checked = ArgumentShapes.require(equation, shapes);
        batch = checked.batch();
        if (isEmpty()) {
            return;
        }
        arguments.forEach((argument, array) -> slices.put(argument, copy(argument, array, options)));
    }

    static ArgumentBatch of(Equation equation, Map<Argument, INDArray> arguments, List<Option> options) {
        for (Argument argument : equation.required()) {
            if (arguments.get(argument) == null) {
                throw new IllegalArgumentException("argument %s of a %s equation is missing; required are %s"
                        .formatted(argument, equation.title(), equation.required()));
            }
        }
        arguments.forEach((argument, array) -> {
            if (!equation.arguments().contains(argument)) {
                throw new IllegalArgumentException("argument %s is unknown to a %s equation, which takes %s"
                        .formatted(argument, equation.title(), equation.arguments()));
            }
            requireReal(argument.name(), array);
        });
        return new ArgumentBatch(equation, new EnumMap<>(arguments), options);
    }

    /** How many equations there are; none if they have no unknowns. */
    int equations() {
        return isEmpty() ? 0 : Math.toIntExact(Math.max(batch, 1));
    }

    DataType type(Argument argument) {
        return Objects.requireNonNull(types.get(argument));
    }

    Map<Argument, ColumnMajor> slice(int index) {
        Map<Argument, ColumnMajor> slice = new EnumMap<>(Argument.class);
        slices.forEach((argument, matrices) -> slice.put(argument, matrices.get(index)));
        return slice;
    }

    /** Shape of an output of one equation. */
    long[] outputShape(Output output) {
        long rows = size(Argument.A);
        long columns = size(equation == Equation.SYLVESTER || equation == Equation.STEIN ? Argument.B : Argument.A);
        return switch (output) {
            case SOLUTION, CLOSED_LOOP -> new long[] {rows, columns};
            case GAIN -> new long[] {last(Argument.B), rows};
        };
    }

    /** Checks and copies an array that goes with an output. */
    Slices matching(String name, INDArray array, long... shape) {
        requireReal(name, array);
        requireShape(name, array.shape(), batched(shape));
        return Slices.copyOf(name, array, false);
    }

    /** Checks and copies directions of change. */
    Map<Argument, Slices> directions(Map<Argument, INDArray> directions) {
        Map<Argument, Slices> checked = new EnumMap<>(Argument.class);
        directions.forEach((argument, array) -> {
            long[] shape = shapes.get(argument);
            if (shape == null) {
                throw new IllegalArgumentException("direction of %s does not fit: the equation was solved with %s"
                        .formatted(argument, shapes.keySet()));
            }
            String name = "direction of " + argument;
            requireReal(name, array);
            requireShape(name, array.shape(), shape);
            Slices copy = Slices.copyOf(name, array, false);
            checked.put(argument, isCost(argument) ? copy.symmetrized() : copy);
        });
        return checked;
    }

    /** One array of the matrices of all equations. */
    INDArray joined(List<ColumnMajor> matrices, long[] shape, DataType type) {
        if (batch < 0 && matrices.size() == 1) {
            return inType(matrices.get(0).copy().array(), type);
        }
        INDArray joined = Nd4j.createUninitializedDetached(type, 'f', batched(shape));
        for (int i = 0; i < matrices.size(); i++) {
            INDArray target = batch < 0 ? joined : joined.slice(i);
            target.assign(matrices.get(i).array().reshape('f', target.shape()));
        }
        return joined;
    }

    /** Gradients of all equations, summed where an argument is shared. */
    Map<Argument, INDArray> gathered(List<Map<Argument, ColumnMajor>> gradients) {
        Map<Argument, INDArray> gathered = new EnumMap<>(Argument.class);
        shapes.forEach((argument, shape) -> {
            if (shape.length == 2 && gradients.size() == 1) {
                INDArray only = Terms.get(gradients.get(0), argument).array();
                requireNumbers("gradient of " + argument, only);
                gathered.put(argument, inType(only, type(argument)));
                return;
            }
            INDArray sum = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', shape);
            sum.assign(0);
            for (int i = 0; i < gradients.size(); i++) {
                INDArray target = shape.length == 2 ? sum : sum.slice(shape[0] == 1 ? 0 : i);
                ColumnMajor gradient = Terms.get(gradients.get(i), argument);
                target.addi(gradient.array().reshape('f', target.shape()));
                gradient.close();
            }
            requireNumbers("gradient of " + argument, sum);
            gathered.put(argument, inType(sum, type(argument)));
        });
        return gathered;
    }

    /**
     * Refuses derivatives that overflowed; arguments and solution are finite.
     *
     * @throws ArithmeticException if an element is infinite or not a number
     */
    static void requireNumbers(String name, INDArray array) {
        if (!array.isEmpty()
                && !Double.isFinite(
                        array.amaxNumber().doubleValue() + array.sumNumber().doubleValue())) {
            throw new ArithmeticException(
                    "%s is not finite: a product of solution, factors and direction exceeds the range of doubles; scale the arguments nearer to 1"
                            .formatted(name));
        }
    }

    private static INDArray inType(INDArray array, DataType type) {
        return array.dataType() == type
                ? array
                : Nd4j.createUninitializedDetached(type, 'f', array.shape()).assign(array);
    }

    private Slices copy(Argument argument, INDArray array, List<Option> options) {
        boolean strict = isCost(argument) && options.contains(Option.STRICT_SYMMETRY);
        Slices copy = Slices.copyOf(argument.name(), array, strict);
        return isCost(argument) ? copy.symmetrized() : copy;
    }

    /** Q and R of a Riccati equation count by their symmetric parts. */
    private boolean isCost(Argument argument) {
        return equation.isRiccati() && (argument == Argument.Q || argument == Argument.R);
    }

    private boolean isEmpty() {
        return batch == 0 || Arrays.stream(outputShape(Output.SOLUTION)).anyMatch(size -> size == 0);
    }

    private long[] batched(long... shape) {
        return batch < 0 ? shape : new long[] {batch, shape[0], shape[1]};
    }

    private long size(Argument argument) {
        long[] shape = Objects.requireNonNull(shapes.get(argument));
        return shape[shape.length - 2];
    }

    private long last(Argument argument) {
        long[] shape = Objects.requireNonNull(shapes.get(argument));
        return shape[shape.length - 1];
    }

    private static void requireShape(String name, long[] actual, long[] expected) {
        if (!Arrays.equals(actual, expected)) {
            throw new IllegalArgumentException("%s must have shape %s but has shape %s"
                    .formatted(name, Arrays.toString(expected), Arrays.toString(actual)));
        }
    }

    private static void requireReal(String name, INDArray array) {
        if (!array.dataType().isFPType()) {
            throw new IllegalArgumentException(
                    "%s has data type %s but FLOAT or DOUBLE is required; convert it with castTo"
                            .formatted(name, array.dataType()));
        }
    }
}
