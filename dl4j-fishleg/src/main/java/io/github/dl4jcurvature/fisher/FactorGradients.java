/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Gradients of single examples from the inputs and errors of the captured layers: that of a weight matrix is
 * \( \sum_r e_r a_r^\top \) over the rows of the example.
 *
 * <p>In the host's memory every weight lies as rows of the inputs of one output, be its shape [nIn, nOut] in 'f' order or
 * [nOut, ...] in 'c' order.
 */
final class FactorGradients implements ExampleGradients {
    private static final long CHUNK = 1L << 23; // elements of G held at a time for squares

    /** One parameter: errors [m, rows, nOut] and, but for a bias, inputs [m, rows, nIn]. */
    private record Part(long from, long to, long fanIn, INDArray errors, INDArray inputs, boolean bias) {}

    private final List<Part> parts = new ArrayList<>();
    private final long examples;
    private final INDArray parameters;

    FactorGradients(List<LayerFactors> factors, ParameterPositions layout, long examples, INDArray parameters) {
        this.examples = examples;
        this.parameters = parameters;
        for (LayerFactors layer : factors) {
            INDArray errors = layer.byExample(layer.errors()); // [m, rows, nOut]
            for (String key : layer.parameterKeys()) {
                boolean bias = key.equals(layer.biasKey());
                INDArray inputs = bias ? errors : layer.byExample(layer.inputsOf(key)); // [m, rows, nIn]
                long from = layout.start(layer.layer(), key);
                long fanIn = bias ? 1 : inputs.size(2);
                parts.add(new Part(from, from + fanIn * errors.size(2), fanIn, errors, inputs, bias));
            }
        }
    }

    @Override
    public long count() {
        return examples;
    }

    @Override
    public INDArray covered() {
        INDArray covered = Nd4j.zeros(parameters.dataType(), parameters.length());
        for (Part part : parts) {
            covered.get(NDArrayIndex.interval(part.from(), part.to())).assign(1);
        }
        return covered;
    }

    @Override
    public INDArray columns(long from, long to) {
        INDArray columns = Nd4j.zeros(parameters.dataType(), examples, to - from);
        for (Part part : parts) {
            long first = Math.max(from, part.from());
            long last = Math.min(to, part.to());
            if (first < last) {
                long firstOutput = (first - part.from()) / part.fanIn();
                long lastOutput = (last - part.from() - 1) / part.fanIn() + 1;
                INDArray gradient = gradient(part, firstOutput, lastOutput); // [m, outputs * nIn]
                long offset = part.from() + firstOutput * part.fanIn();
                columns.get(NDArrayIndex.all(), NDArrayIndex.interval(first - from, last - from))
                        .assign(gradient.get(NDArrayIndex.all(), NDArrayIndex.interval(first - offset, last - offset)));
            }
        }
        return columns;
    }

    /** Squares of products of one error and one input are products of squares: no gradient is formed where an example has one row. */
    @Override
    public INDArray meanSquares() {
        INDArray squares = Nd4j.zeros(parameters.dataType(), parameters.length());
        for (Part part : parts) {
            if (part.errors().size(1) == 1) {
                squares.get(NDArrayIndex.interval(part.from(), part.to())).assign(productsOfSquares(part));
            } else {
                putMeanSquares(part, squares);
            }
        }
        return squares;
    }

    private void putMeanSquares(Part part, INDArray squares) {
        long chunk = Math.max(1, CHUNK / examples);
        for (long from = part.from(); from < part.to(); from += chunk) {
            long to = Math.min(part.to(), from + chunk);
            INDArray columns = columns(from, to); // [m, columns]
            squares.get(NDArrayIndex.interval(from, to))
                    .assign(columns.muli(columns).mean(0));
            if (columns.closeable()) {
                columns.close(); // the collector would come late for so much memory of the system
            }
        }
    }

    /** In doubles, where the squares of floats neither overflow nor vanish; shape [nOut nIn]. */
    private INDArray productsOfSquares(Part part) {
        INDArray errors = squared(part.errors(), part.errors().size(2)); // [m, nOut]
        if (part.bias()) {
            return errors.mean(0);
        }
        INDArray inputs = squared(part.inputs(), part.fanIn()); // [m, nIn]
        INDArray sums = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {errors.size(1), inputs.size(1)}, 'c');
        Gemm.multiply(
                1.0 / examples, MatrixView.of(errors).transposed(), MatrixView.of(inputs), 0, MatrixView.of(sums));
        return sums.reshape(sums.length());
    }

    private INDArray squared(INDArray rows, long columns) {
        INDArray doubles = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {examples, columns}, 'c');
        doubles.assign(rows.reshape(examples, columns));
        return doubles.muli(doubles);
    }

    /** The gradients of the weights of some outputs, shape [m, outputs * nIn]. */
    private INDArray gradient(Part part, long firstOutput, long lastOutput) {
        INDArray errors = part.errors()
                .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(firstOutput, lastOutput));
        if (part.bias()) {
            return errors.sum(1);
        }
        long outputs = lastOutput - firstOutput;
        INDArray result =
                Nd4j.createUninitialized(parameters.dataType(), new long[] {examples, outputs * part.fanIn()}, 'c');
        if (errors.size(1) == 1) {
            singleRows(part.inputs().reshape(examples, part.fanIn()), errors, result);
        } else {
            long rows = errors.size(1);
            INDArray packed = errors.dup('c'); // [m, rows, outputs]
            for (long n = 0; n < examples; n++) {
                Gemm.multiply(
                        1,
                        matrix(packed, n * rows * outputs, rows, outputs).transposed(),
                        matrix(part.inputs(), n * rows * part.fanIn(), rows, part.fanIn()),
                        0,
                        matrix(result, n * outputs * part.fanIn(), outputs, part.fanIn())); // E_n^T A_n [outputs, nIn]
            }
        }
        return result;
    }

    private static MatrixView matrix(INDArray array, long start, long rows, long columns) {
        long[] strides = {columns, 1};
        return MatrixView.of(
                Nd4j.create(array.data(), new long[] {rows, columns}, strides, array.offset() + start, 'c'));
    }

    private static void singleRows(INDArray inputs, INDArray errors, INDArray result) {
        long fanIn = inputs.size(1);
        for (long j = 0; j < errors.size(2); j++) {
            INDArray column = errors.get(NDArrayIndex.all(), NDArrayIndex.point(0), NDArrayIndex.point(j))
                    .dup()
                    .reshape(errors.size(0), 1); // [m, 1]
            result.get(NDArrayIndex.all(), NDArrayIndex.interval(j * fanIn, (j + 1) * fanIn))
                    .assign(inputs.mulColumnVector(column));
        }
    }
}
