/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.Objects;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Looks up the parameters of times by their index. */
final class ManifoldLatentLayerImpl extends LatentLayerImpl<ManifoldLatentLayer> {

    ManifoldLatentLayerImpl(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    int[] times() {
        int timePoints = layerConf().getTimePoints();
        if (input.rank() != 2 || input.size(1) != 1) {
            throw new IllegalArgumentException(
                    "input of layer '%s' has shape %s but must be [times, 1], the index of each time"
                            .formatted(layerConf().getLayerName(), Arrays.toString(input.shape())));
        }
        double[] values = input.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        int[] times = new int[values.length];
        for (int row = 0; row < times.length; row++) {
            if (!(values[row] >= 0 && values[row] < timePoints && values[row] == Math.rint(values[row]))) {
                throw new IllegalArgumentException(
                        "input of layer '%s' is %s in row %d but must be an integer from 0 to %d, the index of a time"
                                .formatted(layerConf().getLayerName(), values[row], row, timePoints - 1));
            }
            times[row] = (int) values[row];
        }
        return times;
    }

    private double[][] rows(String name, int[] times) {
        double[][] all = DoubleRows.of(Objects.requireNonNull(params.get(name)));
        return Arrays.stream(times).mapToObj(t -> all[t]).toArray(double[][]::new);
    }

    @Override
    double[][] rawMeans(int[] times) {
        return rows(ManifoldLatentLayer.MEAN, times);
    }

    @Override
    double[][] rawFactors(int[] times) {
        return rows(ManifoldLatentLayer.SPREAD, times);
    }

    @Override
    @Nullable
    INDArray spread(LatentDraw.Gradient derivatives, int[] times, Gradient gradient, LayerWorkspaceMgr workspaces) {
        assign(gradient, ManifoldLatentLayer.MEAN, scattered(derivatives.rawMeans(), times));
        assign(gradient, ManifoldLatentLayer.SPREAD, scattered(derivatives.rawFactors(), times));
        return null;
    }

    private double[][] scattered(double[][] rows, int[] times) {
        double[][] all = new double[layerConf().getTimePoints()][rows[0].length];
        for (int row = 0; row < times.length; row++) {
            InducingKernelGradient.addAll(rows[row], all[times[row]]);
        }
        return all;
    }
}
