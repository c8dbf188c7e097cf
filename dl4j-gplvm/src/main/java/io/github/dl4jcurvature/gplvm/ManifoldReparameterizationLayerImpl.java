/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Takes the parameters of times from the layer below. */
final class ManifoldReparameterizationLayerImpl extends LatentLayerImpl<ManifoldReparameterizationLayer> {

    ManifoldReparameterizationLayerImpl(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    int[] times() {
        return IntStream.range(0, (int) input.size(0)).toArray();
    }

    private int split() {
        return layerConf().getManifold().embeddingSize();
    }

    @Override
    double[][] rawMeans(int[] times) {
        return Arrays.stream(DoubleRows.of(input))
                .map(row -> Arrays.copyOfRange(row, 0, split()))
                .toArray(double[][]::new);
    }

    @Override
    double[][] rawFactors(int[] times) {
        return Arrays.stream(DoubleRows.of(input))
                .map(row -> Arrays.copyOfRange(row, split(), row.length))
                .toArray(double[][]::new);
    }

    @Override
    INDArray spread(LatentDraw.Gradient derivatives, int[] times, Gradient gradient, LayerWorkspaceMgr workspaces) {
        double scale = perExample(times.length);
        double[][] rows = new double[times.length][];
        for (int row = 0; row < rows.length; row++) {
            double[] mean = derivatives.rawMeans()[row];
            double[] factor = derivatives.rawFactors()[row];
            rows[row] = Arrays.copyOf(mean, mean.length + factor.length);
            System.arraycopy(factor, 0, rows[row], mean.length, factor.length);
            for (int i = 0; i < rows[row].length; i++) {
                rows[row][i] *= scale;
            }
        }
        requireFinite("input", rows);
        INDArray back = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
        return back.assign(Nd4j.createFromArray(rows));
    }
}
