/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gplvm;

import java.nio.file.Path;

import io.github.dl4jcurvature.gplvm.FittedGplvm;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldLatentLayer;
import io.github.dl4jcurvature.gplvm.SparseGpOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Calcium recordings of 16 wedges of a fly's ellipsoid body at 500 times, with parameters of published fits to them. The files are
 * not part of this project.
 *
 * @param directory where they lie
 */
public record FlyRecording(Path directory) {

    /** The data [T, N]. */
    public INDArray data() {
        return NumberTable.read(directory.resolve("fly1_trial1_light_Y.tsv"))
                .transpose()
                .dup('c');
    }

    /** Means of the published latents on the circle [T, 1]. */
    public INDArray publishedAngles() {
        return NumberTable.read(directory.resolve("julia_fly_1-torus_mu.csv"));
    }

    /** A model with the published means of the latents, kernels, noises and inducing points. */
    public FittedGplvm published(Manifold manifold) {
        String prefix = manifold.equals(Manifold.circle()) ? "julia_fly_1-torus_" : "julia_fly_1-cube_";
        INDArray kernels = NumberTable.read(directory.resolve(prefix + "alpha_l_sigma.csv"));
        INDArray inducing = NumberTable.read(directory.resolve(prefix + "z.csv"));
        INDArray data = data();
        int times = (int) data.size(0);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Adam())
                .list()
                .layer(new ManifoldLatentLayer.Builder(manifold)
                        .timePoints(times)
                        .build())
                .layer(new SparseGpOutputLayer.Builder(manifold)
                        .timePoints(times)
                        .nOut(data.size(1))
                        .inducing((int) inducing.size(1))
                        .collapsed(true)
                        .build())
                .setInputType(InputType.feedForward(1))
                .build());
        network.init();
        network.setParam("0_mean", NumberTable.read(directory.resolve(prefix + "mu.csv")));
        network.setParam("1_inducing", inducing);
        network.setParam("1_variance", column(softplusInverse(kernels.getRow(0))));
        network.setParam("1_lengthScale", column(softplusInverse(kernels.getRow(1))));
        network.setParam("1_likelihood", column(Transforms.log(kernels.getRow(2))));
        return FittedGplvm.of(network, data);
    }

    private static INDArray softplusInverse(INDArray values) {
        return Transforms.log(Transforms.expm1(values, true), true);
    }

    private static INDArray column(INDArray row) {
        return row.reshape(row.length(), 1);
    }
}
