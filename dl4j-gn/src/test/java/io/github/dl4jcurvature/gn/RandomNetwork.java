/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Blocks with random weights, their Jacobian by exact pushes of unit changes, and steps of all blocks. */
final class RandomNetwork {
    final List<CouplingBlock> blocks = new ArrayList<>();
    private final SplittableRandom random;

    RandomNetwork(long seed, int d, int m, int number, double deviation, Activation activation) {
        random = new SplittableRandom(seed);
        int half = d / 2;
        for (int l = 0; l < number; l++) {
            blocks.add(new CouplingBlock(
                    function(half, m, deviation, activation), function(half, m, deviation, activation)));
        }
    }

    private CouplingFunction function(int half, int m, double deviation, Activation activation) {
        return new CouplingFunction(
                normal(half, m, 1 / Math.sqrt(m)),
                normal(m, half, deviation),
                normal(1, half, 0.1),
                activation.getActivationFunction());
    }

    INDArray normal(int rows, int columns, double deviation) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextGaussian() * deviation;
            }
        }
        return Nd4j.createFromArray(values);
    }

    INDArray outputs(INDArray x) {
        INDArray y = x.dup('c');
        blocks.forEach(block -> block.forward(y));
        return y;
    }

    List<CouplingPoint> points(INDArray x) {
        List<CouplingPoint> points = new ArrayList<>();
        INDArray y = x.dup('c');
        for (CouplingBlock block : blocks) {
            points.add(block.atInput(y.dup('c')));
            block.forward(y);
        }
        return points;
    }

    /** Raw steps of all blocks, each for the whole residual, as one matrix for f and one for g in turn. */
    List<INDArray> steps(INDArray x, INDArray residual, FeatureSolver solver) {
        List<CouplingPoint> points = points(x);
        INDArray tangent = residual.dup('c');
        List<INDArray> steps = new ArrayList<>();
        for (int l = points.size() - 1; l >= 0; l--) {
            BlockStep step = points.get(l).gaussNewton(tangent, solver);
            steps.add(0, step.g().array());
            steps.add(0, step.f().array());
            points.get(l).pullBackTangent(tangent);
        }
        return steps;
    }

    /** Subtracts steps from the parameters. */
    void move(List<INDArray> steps, double factor) {
        for (int k = 0; k < steps.size(); k++) {
            CouplingFunction function =
                    k % 2 == 0 ? blocks.get(k / 2).f() : blocks.get(k / 2).g();
            long m = function.weights().size(0);
            function.weights()
                    .subi(steps.get(k)
                            .get(NDArrayIndex.interval(0, m), NDArrayIndex.all())
                            .mul(factor));
            bias(function)
                    .subi(steps.get(k)
                            .get(NDArrayIndex.interval(m, m + 1), NDArrayIndex.all())
                            .mul(factor));
        }
    }

    private static INDArray bias(CouplingFunction function) {
        @Nullable INDArray bias = function.bias();
        if (bias == null) {
            throw new IllegalStateException("networks of this test have biases");
        }
        return bias;
    }

    /** The change of the outputs per unit of a change of the parameters, by central differences. */
    INDArray moved(INDArray x, List<INDArray> steps, double h) {
        move(steps, -h);
        INDArray plus = outputs(x);
        move(steps, 2 * h);
        INDArray minus = outputs(x);
        move(steps, -h);
        return plus.sub(minus).div(2 * h);
    }

    /** Jacobian of the outputs, sample-major, with respect to all steps' elements, column-major one after the other. */
    INDArray jacobian(INDArray x) {
        List<CouplingPoint> points = points(x);
        List<INDArray> columns = new ArrayList<>();
        for (int l = 0; l < blocks.size(); l++) {
            try (ColumnMajor f = points.get(l).f().columns();
                    ColumnMajor g = points.get(l).g().columns()) {
                addColumns(points, l, f.array(), true, columns);
                addColumns(points, l, g.array(), false, columns);
            }
        }
        return Nd4j.hstack(columns);
    }

    private void addColumns(
            List<CouplingPoint> points, int l, INDArray features, boolean first, List<INDArray> columns) {
        long half = blocks.get(0).f().weights().size(1);
        for (int j = 0; j < half; j++) {
            for (int i = 0; i < features.size(1); i++) {
                INDArray tangent = Nd4j.zeros(org.nd4j.linalg.api.buffer.DataType.DOUBLE, features.size(0), 2 * half);
                tangent.get(NDArrayIndex.all(), NDArrayIndex.point(first ? j : half + j))
                        .assign(features.getColumn(i));
                if (first) {
                    INDArray y1 = Halves.first(tangent);
                    Halves.second(tangent)
                            .addi(blocks.get(l).g().tangent(points.get(l).g(), y1));
                }
                for (int k = l + 1; k < blocks.size(); k++) {
                    points.get(k).pushForward(tangent);
                }
                columns.add(tangent.dup('c').reshape('c', tangent.length(), 1));
            }
        }
    }

    static INDArray flat(List<INDArray> steps) {
        return Nd4j.hstack(steps.stream()
                        .map(step -> step.dup('f').reshape('f', 1, step.length()))
                        .toArray(INDArray[]::new))
                .transpose();
    }
}
