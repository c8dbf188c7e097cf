/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Map;

import io.github.dl4jcurvature.linalg.QrDecomposition;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The fixed matrix of a readout, the orthonormal factor of a normal one. */
final class OrthonormalParameters extends MatrixParameters {
    static final OrthonormalParameters INSTANCE = new OrthonormalParameters();
    static final String READOUT = "U";

    private OrthonormalParameters() {}

    @Override
    Map<String, long[]> shapes(Layer layer) {
        FeedForwardLayer readout = (FeedForwardLayer) layer;
        return Map.of(READOUT, new long[] {readout.getNIn(), readout.getNOut()});
    }

    @Override
    void drawFixed(INDArray matrix) {
        matrix.assign(
                QrDecomposition.of(Nd4j.randn(DataType.DOUBLE, matrix.shape())).q());
    }
}
