/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Which tangent covariances a latent may have; those of a product are block-diagonal. */
public enum TangentCovariance {
    /** Any positive definite matrix of each factor. */
    FULL,
    /** A variance for each dimension. */
    DIAGONAL,
    /** One variance for each factor. */
    ISOTROPIC
}
