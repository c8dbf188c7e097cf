/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One parameter of a network as rows of equal length in the order of the host's memory.
 *
 * @param layer name of the layer
 * @param key key of the parameter
 * @param rows outputs, or 1 for a vector
 * @param values all entries, FLOAT widened to double
 * @param valueBytes bytes of an entry, 4 or 8
 * @param view the live parameter, flat
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SparseParameter(String layer, String key, int rows, double[] values, int valueBytes, INDArray view) {

    static List<SparseParameter> of(PrunableNetwork network) {
        List<SparseParameter> parameters = new ArrayList<>();
        INDArray flat = network.parameters();
        for (Layer layer : network.layers()) {
            for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
                INDArray array = entry.getValue();
                long start = array.offset() - flat.offset();
                INDArray view = flat.get(NDArrayIndex.interval(start, start + array.length()));
                double[] values = view.castTo(DataType.DOUBLE).dup().data().asDouble();
                parameters.add(new SparseParameter(
                        PrunableNetwork.name(layer),
                        entry.getKey(),
                        rows(array),
                        values,
                        array.dataType() == DataType.DOUBLE ? 8 : 4,
                        view));
            }
        }
        return parameters;
    }

    /** Biases come as [n] or [1, n]. */
    private static int rows(INDArray array) {
        if (array.rank() < 2 || array.length() == array.size(array.rank() - 1)) {
            return 1;
        }
        return Math.toIntExact(array.rank() == 2 ? array.size(1) : array.size(0));
    }

    int columns() {
        return values.length / rows;
    }

    int nonZeros() {
        int count = 0;
        for (double value : values) {
            count += value != 0 ? 1 : 0;
        }
        return count;
    }

    /** Bytes of a column index. */
    int indexBytes() {
        return columns() <= 1 << 8 ? 1 : columns() <= 1 << 16 ? 2 : 4;
    }

    long denseBytes() {
        return (long) values.length * valueBytes;
    }

    long compressedBytes() {
        return 4L * (rows + 1) + (long) nonZeros() * (indexBytes() + valueBytes);
    }

    boolean isCompressed() {
        return compressedBytes() < denseBytes();
    }

    long exportedBytes() {
        return Math.min(compressedBytes(), denseBytes());
    }
}
