/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Embedding layers, as dense layers on one-hot inputs; memory grows with rows times vocabulary. */
record EmbeddingCapture(EmbeddingLayer configuration, ErrorTape tape) implements LayerCapture {

    static EmbeddingCapture attach(EmbeddingLayer configuration) {
        ErrorTape tape = new ErrorTape();
        configuration.setActivationFn(new CapturingActivation(configuration.getActivationFn(), tape));
        return new EmbeddingCapture(configuration, tape);
    }

    @Override
    public void recordErrors(boolean on) {
        tape.record(on);
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        String bias = configuration.hasBias() ? DefaultParamInitializer.BIAS_KEY : null;
        INDArray errors = DenseCapture.masked(tape.only(), pass.layer().getMaskArray());
        return List.of(LayerFactors.of(
                pass,
                List.of(DefaultParamInitializer.WEIGHT_KEY),
                bias,
                oneHot(pass.layer().input(), errors),
                errors,
                1));
    }

    private INDArray oneHot(INDArray indices, INDArray errors) {
        INDArray rows = Nd4j.zeros(errors.dataType(), errors.size(0), configuration.getNIn());
        INDArray flat = indices.reshape(indices.length());
        for (long row = 0; row < rows.size(0); row++) {
            rows.putScalar(row, flat.getLong(row), 1);
        }
        return rows;
    }
}
