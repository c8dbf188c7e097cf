/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.deeplearning4j.nn.api.Layer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Inputs and pre-activation errors of one layer in one pass, \(z_r = a_r W + b\) and \(e_r = \partial \ell / \partial
 * z_r\), from which its gradient is \(\sum_r a_r^\top e_r\).
 *
 * <p>A row is one application of the layer's linear map: an example, a time step or a position of a convolution. With
 * sequence index t, example index n and position index p, row \((t N + n) P + p\) belongs to example n. For a recurrent
 * layer the input is \([x_t ; h_{t-1}]\) and the weights are W and RW stacked (of GravesLSTM without the peepholes); for a convolution it is the image patch
 * in the order (channel, height, width).
 *
 * <p>Errors are those of the sum over examples; they are not divided by the batch size. All arrays are detached.
 */
public final class LayerFactors {
    private final String layer;
    private final Map<String, long[]> weightShapes;
    private final @Nullable String biasKey;
    private final INDArray inputs;
    private final INDArray errors;
    private final long examples;
    private final long positions;
    private final @Nullable INDArray validRows;

    private LayerFactors(
            String layer,
            Map<String, long[]> weightShapes,
            @Nullable String biasKey,
            INDArray inputs,
            INDArray errors,
            long examples,
            long positions,
            @Nullable INDArray validRows) {
        this.layer = layer;
        this.weightShapes = weightShapes;
        this.biasKey = biasKey;
        this.inputs = inputs;
        this.errors = errors;
        this.examples = examples;
        this.positions = positions;
        this.validRows = validRows;
    }

    /** Factors of a layer from matrices of equally many rows; the weight keys in the order of the input columns. */
    static LayerFactors of(
            LayerPass pass,
            List<String> weightKeys,
            @Nullable String biasKey,
            INDArray inputs,
            INDArray errors,
            long positions) {
        return of(pass, weightKeys, biasKey, inputs, errors, positions, null);
    }

    /** As above with 1 for the rows that count and 0 for those that are masked. */
    static LayerFactors of(
            LayerPass pass,
            List<String> weightKeys,
            @Nullable String biasKey,
            INDArray inputs,
            INDArray errors,
            long positions,
            @Nullable INDArray validRows) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        Layer runtime = pass.layer();
        weightKeys.forEach(
                key -> shapes.put(pass.prefix() + key, runtime.getParam(key).shape()));
        if (errors.size(0) % (pass.examples() * positions) != 0) {
            throw new IllegalStateException("layer '%s' has %d rows in a batch of %d examples; rows must be a multiple"
                    .formatted(pass.name(), errors.size(0), pass.examples()));
        }
        String bias = biasKey == null ? null : pass.prefix() + biasKey;
        return new LayerFactors(pass.name(), shapes, bias, inputs, errors, pass.examples(), positions, validRows);
    }

    /** Factors of a matrix of shape [nIn, nOut] with one row for each example. */
    static LayerFactors ofMatrix(
            String weight, long[] shape, @Nullable String bias, INDArray inputs, INDArray errors, long examples) {
        if (inputs.rank() != 2 || inputs.size(0) != examples) {
            throw new IllegalArgumentException(
                    "the matrix '%s' multiplies inputs of shape %s in a batch of %d examples, but must multiply one row for each"
                            .formatted(weight, java.util.Arrays.toString(inputs.shape()), examples));
        }
        return new LayerFactors(weight, Map.of(weight, shape), bias, inputs, errors, examples, 1, null);
    }

    /**
     * Name of the layer or graph vertex.
     *
     * @return the name in the network's configuration
     */
    public String layer() {
        return layer;
    }

    /**
     * Keys of the weight parameters, in the order of the input columns.
     *
     * @return for instance [W], or [W, RW] for a recurrent layer
     */
    public List<String> weightKeys() {
        return List.copyOf(weightShapes.keySet());
    }

    /**
     * Key of the bias parameter.
     *
     * @return the key, or null if the layer has no bias
     */
    public @Nullable String biasKey() {
        return biasKey;
    }

    /**
     * Inputs a of the linear map, without a column of ones.
     *
     * @return shape [rows, nIn]
     */
    public INDArray inputs() {
        return inputs;
    }

    /**
     * Errors e at the output of the linear map.
     *
     * @return shape [rows, nOut]
     */
    public INDArray errors() {
        return errors;
    }

    /**
     * Which rows count: the others belong to steps of a sequence, or to examples, that a mask excludes.
     *
     * @return 1 or 0 for each row, shape [rows]; null if all count
     */
    public @Nullable INDArray validRows() {
        return validRows;
    }

    /**
     * Number of examples N in the batch.
     *
     * @return N
     */
    public long examples() {
        return examples;
    }

    /**
     * Number of rows that belong to one example.
     *
     * @return rows / N
     */
    public long rowsPerExample() {
        return errors.size(0) / examples;
    }

    /**
     * The example that each row belongs to.
     *
     * @return n for each row
     */
    public int[] examplesOfRows() {
        int[] owners = new int[Math.toIntExact(errors.size(0))];
        for (int row = 0; row < owners.length; row++) {
            owners[row] = (int) (row / positions % examples);
        }
        return owners;
    }

    /**
     * Adds a value per row up over the rows of each example.
     *
     * @param rowValues shape [rows] or [rows, 1]
     * @return shape [N]
     * @throws IllegalArgumentException if the length is not the number of rows
     */
    public INDArray sumPerExample(INDArray rowValues) {
        if (rowValues.length() != errors.size(0)) {
            throw new IllegalArgumentException("rowValues has %d entries but layer '%s' has %d rows"
                    .formatted(rowValues.length(), layer, errors.size(0)));
        }
        return rowValues
                .reshape('c', errors.size(0) / (examples * positions), examples, positions) // [T, N, P]
                .sum(0, 2);
    }

    /**
     * Gradient of one parameter, summed over the examples.
     *
     * @param key a weight key or the bias key
     * @return fresh array in the shape the host gives the parameter (RW of GravesLSTM without its last three columns);
     *     biases have shape [nOut]
     * @throws IllegalArgumentException if the layer has no such parameter
     */
    public INDArray gradient(String key) {
        if (key.equals(biasKey)) {
            return errors.sum(0);
        }
        long[] shape = weightShapes.get(key);
        if (shape == null) {
            throw new IllegalArgumentException("layer '%s' has no captured parameter %s; it has %s and bias %s"
                    .formatted(layer, key, weightShapes.keySet(), biasKey));
        }
        INDArray columns = inputsOf(key); // [rows, fanIn]
        return isKernel(shape)
                ? errors.transpose().mmul(columns).dup('c').reshape('c', shape)
                : columns.transpose().mmul(errors);
    }

    /**
     * Directional derivatives \(s_n = \langle \nabla \ell_n, V \rangle = \sum_r e_r \cdot (a_r V_W + V_b)\) of each
     * example's loss.
     *
     * @param direction V for each parameter key, in the host's parameter shape
     * @return shape [N]
     */
    INDArray directionalDerivatives(Function<String, INDArray> direction) {
        INDArray change = Nd4j.zeros(errors.dataType(), errors.shape()); // [rows, nOut]
        weightShapes.forEach((key, shape) -> {
            INDArray v = direction.apply(key);
            INDArray matrix = isKernel(shape)
                    ? v.reshape('c', shape[0], v.length() / shape[0]).transpose()
                    : v;
            change.addi(inputsOf(key).mmul(matrix));
        });
        if (biasKey != null) {
            INDArray v = direction.apply(biasKey);
            change.addiRowVector(v.reshape(v.length()));
        }
        return sumPerExample(change.muli(errors).sum(1));
    }

    /** Weight keys and, if there is one, the bias key. */
    List<String> parameterKeys() {
        List<String> keys = new ArrayList<>(weightShapes.keySet());
        if (biasKey != null) {
            keys.add(biasKey);
        }
        return keys;
    }

    /** The same factors with the errors of each example multiplied by its weight, shape [N]. */
    LayerFactors weightedBy(INDArray weights) {
        INDArray rows = weights.reshape(1, examples, 1)
                .broadcast(errors.size(0) / (examples * positions), examples, positions)
                .dup('c')
                .reshape(errors.size(0));
        return new LayerFactors(
                layer, weightShapes, biasKey, inputs, errors.mulColumnVector(rows), examples, positions, validRows);
    }

    /** A matrix [rows, k] with the rows of each example together, shape [N, rows per example, k], 'c' order. */
    INDArray byExample(INDArray matrix) {
        long columns = matrix.size(1);
        return matrix.dup('c')
                .reshape('c', errors.size(0) / (examples * positions), examples, positions, columns) // [T, N, P, k]
                .permute(1, 0, 2, 3)
                .dup('c')
                .reshape('c', examples, rowsPerExample(), columns);
    }

    INDArray inputsOf(String key) {
        if (weightShapes.size() == 1) {
            return inputs;
        }
        long from = 0;
        for (Map.Entry<String, long[]> weight : weightShapes.entrySet()) {
            long to = from + weight.getValue()[0];
            if (weight.getKey().equals(key)) {
                return inputs.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
            }
            from = to;
        }
        throw new IllegalArgumentException("layer '%s' has no weight %s".formatted(layer, key));
    }

    /** Convolution kernels have shape [nOut, channels, height, width]; all other weights [nIn, nOut]. */
    private static boolean isKernel(long[] shape) {
        return shape.length == 4;
    }
}
